package io.lossforge.architecture;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.ParameterList;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An ONNX graph while it is written. Nodes and constants are named after the layer they belong to, such as {@code conv1/Conv} and
 * {@code conv1.weight}. Not safe for use by several threads.
 */
public final class OnnxGraph {

    /** Operators and format that every runtime of the last years reads (ONNX 1.12, 2022). */
    private static final int OPERATOR_SET = 17;

    private static final int FORMAT = 8;

    private static final String BATCH = "batch";

    private final ParameterList trained;
    private final GraphProto.Builder graph;
    private final String scope;

    OnnxGraph(ParameterList trained) {
        this(trained, GraphProto.newBuilder().setName("network"), "");
    }

    private OnnxGraph(ParameterList trained, GraphProto.Builder graph, String scope) {
        this.trained = trained;
        this.graph = graph;
        this.scope = scope;
    }

    /** The same graph, for an inner layer. */
    public OnnxGraph within(String inner) {
        return new OnnxGraph(trained, graph, scope.isEmpty() ? inner : scope + "." + inner);
    }

    /**
     * Adds the values of a trained parameter of this layer.
     *
     * @return name of the constant
     */
    public String parameter(String name) {
        var array = trained.get(scope + "." + name).getArray();
        return constant(name, array.toFloatArray(), array.getShape().getShape());
    }

    /**
     * Adds a float32 constant.
     *
     * @param values in C order
     * @return its name
     */
    public String constant(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var full = scope + "." + name;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(full)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(Arrays.stream(shape).boxed().toList())
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes)));
        return full;
    }

    /**
     * Adds a node with one output.
     *
     * @return name of its output
     */
    public String node(String operator, List<String> inputs, AttributeProto... attributes) {
        var name = scope + "/" + operator;
        graph.addNode(NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(List.of(attributes)));
        return name;
    }

    /** Adds a cast of any numbers to float32. */
    String castToFloat(String input) {
        return node("Cast", List.of(input), integer("to", TensorProto.DataType.FLOAT.getNumber()));
    }

    /** An attribute of one whole number. */
    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An attribute of whole numbers. */
    public static AttributeProto ints(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    /** An attribute of one number. */
    public static AttributeProto number(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    void input(String name, DataType type, Shape sample) {
        var onnxType = type == DataType.UINT8 ? TensorProto.DataType.UINT8 : TensorProto.DataType.FLOAT;
        graph.addInput(value(name, onnxType, sample.getShape()));
    }

    /** Makes the last node's output an output of the graph, under a name of its own. */
    void output(String value, String name, long size) {
        var last = graph.getNodeBuilder(graph.getNodeCount() - 1);
        if (!last.getOutput(0).equals(value)) {
            throw new IllegalArgumentException(value + " is not what the last node gives");
        }
        last.setOutput(0, name);
        graph.addOutput(value(name, TensorProto.DataType.FLOAT, size));
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, long... sample) {
        var shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
        Arrays.stream(sample)
                .forEach(size ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
        var tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** Writes the file: as a whole or not at all. */
    void save(Path file, Map<String, String> metadata) throws IOException {
        var model = ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .setProducerName("lossforge")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph);
        new TreeMap<>(metadata)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        var target = file.toAbsolutePath();
        var directory = Objects.requireNonNull(target.getParent(), "a file is in a directory");
        var unfinished = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                model.build().writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
