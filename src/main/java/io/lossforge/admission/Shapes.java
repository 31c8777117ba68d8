package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Types and shapes of a file's inputs and outputs, for messages. */
final class Shapes {

    private static final int MOST_AXES = 8;

    private Shapes() {}

    /** Such as {@code float [batch, 3, 224, 224]}. */
    static String shown(TypeProto type) {
        if (type.hasSequenceType()) {
            return "a sequence";
        }
        if (type.hasMapType()) {
            return "a map";
        }
        if (!type.hasTensorType()) {
            return "no tensor";
        }
        var tensor = type.getTensorType();
        var element = Objects.requireNonNullElse(DataType.forNumber(tensor.getElemType()), DataType.UNDEFINED)
                .name()
                .toLowerCase(Locale.ROOT);
        return tensor.hasShape() ? element + " " + shown(tensor.getShape()) : element + " of any shape";
    }

    private static String shown(TensorShapeProto shape) {
        return shape.getDimList().stream()
                .limit(MOST_AXES)
                .map(Shapes::shown)
                .collect(Collectors.joining(", ", "[", shape.getDimCount() > MOST_AXES ? ", …]" : "]"));
    }

    private static String shown(TensorShapeProto.Dimension axis) {
        if (axis.hasDimValue()) {
            return Long.toString(axis.getDimValue());
        }
        var name = axis.getDimParam().replaceAll("[^\\p{Alnum}_]", "");
        return name.isEmpty() ? "?" : name.substring(0, Math.min(name.length(), 20));
    }
}
