package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A constant must hold, in the file itself, exactly as many numbers as its shape says. */
final class TensorCheck {

    /** Bits of a number, by data type. */
    private static final Map<DataType, Integer> BITS = Map.ofEntries(
            Map.entry(DataType.FLOAT, 32),
            Map.entry(DataType.DOUBLE, 64),
            Map.entry(DataType.FLOAT16, 16),
            Map.entry(DataType.BFLOAT16, 16),
            Map.entry(DataType.BOOL, 8),
            Map.entry(DataType.INT8, 8),
            Map.entry(DataType.INT16, 16),
            Map.entry(DataType.INT32, 32),
            Map.entry(DataType.INT64, 64),
            Map.entry(DataType.UINT8, 8),
            Map.entry(DataType.UINT16, 16),
            Map.entry(DataType.UINT32, 32),
            Map.entry(DataType.UINT64, 64),
            Map.entry(DataType.INT4, 4),
            Map.entry(DataType.UINT4, 4));

    private TensorCheck() {}

    /**
     * Checks a constant.
     *
     * @param name of it, for messages
     * @return how many numbers it has
     * @throws Refusal if it has other data than it says, or none
     */
    static long check(TensorProto tensor, String name) {
        var shown = "the constant " + Refusal.named(name);
        if (tensor.getDataLocation() == DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw Refusal.file(
                    "%s is in another file: save the model as one file, as by onnx.save(onnx.load(path), \"one.onnx\")",
                    shown);
        }
        if (tensor.hasSegment()) {
            throw Refusal.file("%s is in segments, which no runtime reads: export the model again", shown);
        }
        var type = DataType.forNumber(tensor.getDataType());
        var bits = type == null ? null : BITS.get(type);
        if (type == null || bits == null) {
            throw Refusal.file(
                    "%s has the type %s; numbers are taken", shown, type == null ? tensor.getDataType() : type);
        }
        long count = count(tensor, shown);
        long has;
        long wanted;
        if (tensor.hasRawData()) {
            has = tensor.getRawData().size();
            wanted = bits < 8 ? (count + 1) / 2 : Math.multiplyExact(count, bits / 8L);
        } else {
            has = fieldCount(tensor, type);
            wanted = bits < 8 ? (count + 1) / 2 : count;
        }
        if (has != wanted) {
            throw Refusal.file(
                    "%s is said to have the shape %s, but has %d %s instead of %d: the file is damaged, export it again",
                    shown, shape(tensor), has, tensor.hasRawData() ? "bytes" : "numbers", wanted);
        }
        return count;
    }

    private static long count(TensorProto tensor, String shown) {
        long count = 1;
        try {
            for (long size : tensor.getDimsList()) {
                if (size < 0) {
                    throw new ArithmeticException("negative");
                }
                count = Math.multiplyExact(count, size);
            }
            Math.multiplyExact(count, Long.BYTES);
            return count;
        } catch (ArithmeticException e) {
            throw Refusal.file("%s has the shape %s, which no constant can have", shown, shape(tensor));
        }
    }

    private static long fieldCount(TensorProto tensor, DataType type) {
        return switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            case INT64 -> tensor.getInt64DataCount();
            case UINT32, UINT64 -> tensor.getUint64DataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    private static @Nullable String shape(TensorProto tensor) {
        var dims = tensor.getDimsList();
        return dims.size() > 16 ? "of %d axes".formatted(dims.size()) : dims.toString();
    }
}
