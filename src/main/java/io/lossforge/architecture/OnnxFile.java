package io.lossforge.architecture;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an ONNX file that {@link Network#write} made holds beside its graph.
 *
 * @param metadata texts by name
 * @param constants float32 constants by name: parameters have the names that they have in the block, such as {@code linear1.weight}
 */
public record OnnxFile(Map<String, String> metadata, Map<String, Constant> constants) {

    /**
     * An array.
     *
     * @param values float32, little endian, in C order: bit by bit what was written
     */
    public record Constant(Shape shape, ByteBuffer values) {}

    /**
     * Reads all of a file.
     *
     * @throws IOException if it can't be read, or is no ONNX file
     */
    public static OnnxFile read(Path file) throws IOException {
        try (var stream = new BufferedInputStream(Files.newInputStream(file))) {
            var model = ModelProto.parseFrom(stream);
            return new OnnxFile(
                    model.getMetadataPropsList().stream()
                            .collect(
                                    Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue)),
                    model.getGraph().getInitializerList().stream()
                            .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber())
                            .collect(Collectors.toMap(TensorProto::getName, OnnxFile::constant)));
        }
    }

    private static Constant constant(TensorProto tensor) {
        var sizes = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        return new Constant(new Shape(sizes), tensor.getRawData().asReadOnlyByteBuffer());
    }
}
