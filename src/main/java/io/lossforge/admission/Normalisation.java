package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.lossforge.admission.Declaration.Activation;
import io.lossforge.admission.Declaration.Layout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gives a network the interface of every artefact: raw samples {@code input} in, uint8 {@code [batch, C, H, W]} or float32 {@code [batch, F]},
 * and {@code logits} and {@code probabilities} out, float32 {@code [batch, classes]}. The network itself stays as it is, under names with
 * {@value #PREFIX} in front; what its outputs do not need, and what is no part of it, such as texts about it, is left out.
 */
final class Normalisation {

    static final String INPUT = "input";
    static final String LOGITS = "logits";
    static final String PROBABILITIES = "probabilities";

    private static final String PREFIX = "model/";
    private static final String BATCH = "batch";

    /** The first format in which constants need not be inputs too. */
    private static final long FORMAT = 4;

    /** Below it the logarithm of a probability would not be a float32 any more, or not a useful one. */
    private static final float LEAST = 1e-30f;

    private static final float LEAST_OF_SIGMOID = 1e-7f;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    private final FileInput input;
    private final Outputs outputs;
    private final Declaration said;
    private final int classes;

    private Normalisation(FileInput input, Outputs outputs, Declaration said, int classes) {
        this.input = input;
        this.outputs = outputs;
        this.said = said;
        this.classes = classes;
    }

    /**
     * Writes the graph anew.
     *
     * @param metadata texts by name
     * @throws Refusal if what was said about pre-processing does not fit
     */
    static ModelProto of(
            ModelProto file,
            GraphCheck.Checked checked,
            FileInput input,
            Outputs outputs,
            Declaration said,
            int classes,
            Map<String, String> metadata) {
        var model = ModelProto.newBuilder()
                .setIrVersion(Math.max(FORMAT, file.getIrVersion()))
                .setProducerName("lossforge");
        UploadedFile.operatorSets(file)
                .forEach((domain, version) -> model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        new TreeMap<>(metadata)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.setGraph(new Normalisation(input, outputs, said, classes).write(checked))
                .build();
    }

    private GraphProto write(GraphCheck.Checked checked) {
        var sample = input.shape().stream().mapToLong(Integer::longValue).toArray();
        graph.addInput(value(INPUT, input.isImages() ? DataType.UINT8 : DataType.FLOAT, sample));
        preprocess();
        checked.constants().forEach(constant -> graph.addInitializer(renamed(constant)));
        checked.nodes().forEach(node -> graph.addNode(renamed(node)));
        score();
        return graph.addOutput(value(LOGITS, DataType.FLOAT, classes))
                .addOutput(value(PROBABILITIES, DataType.FLOAT, classes))
                .build();
    }

    private void preprocess() {
        var value = INPUT;
        if (input.type() == DataType.UINT8) {
            if (said.scale() != null || !said.mean().isEmpty() || !said.std().isEmpty()) {
                throw new Refusal(
                        "/scale",
                        "the file takes uint8 pixels and so scales them itself: leave out scale, mean and std");
            }
        } else {
            if (input.isImages()) {
                if (said.scale() == null) {
                    throw new Refusal(
                            "/scale",
                            "is required where the file takes float images: what a pixel of 0–255 is multiplied by, such as"
                                    + " 1/255, or 1 where the network was trained on 0–255; then mean and std, if it was"
                                    + " trained with them");
                }
                value = node("Cast", List.of(value), "preprocessing/float", integer("to", DataType.FLOAT_VALUE));
            }
            value = standardised(value);
        }
        if (input.layout() == Layout.NHWC) {
            value = node("Transpose", List.of(value), "preprocessing/layout", axes(0, 2, 3, 1));
        }
        if (input.type() != DataType.UINT8 && input.type() != DataType.FLOAT) {
            value = node(
                    "Cast",
                    List.of(value),
                    "preprocessing/cast",
                    integer("to", input.type().getNumber()));
        }
        node("Identity", List.of(value), PREFIX + input.name());
    }

    /** {@code (x·scale − mean) / std}, computed as {@code x·factor + offset}, as of every network that is trained here. */
    private String standardised(String value) {
        int parts = input.shape().get(0);
        var mean = spread("/mean", said.mean(), 0, parts);
        var std = spread("/std", said.std(), 1, parts);
        double scale = said.scale() == null ? 1 : said.scale();
        var factors = new float[parts];
        var offsets = new float[parts];
        for (int i = 0; i < parts; i++) {
            factors[i] = (float) (scale / std[i]);
            offsets[i] = (float) (-mean[i] / std[i]);
            if (!(std[i] > 0) || !Float.isFinite(factors[i]) || !Float.isFinite(offsets[i])) {
                throw new Refusal(
                        "/std", "each must be above 0, and not by so little that a value has no end; was " + std[i]);
            }
        }
        long[] shape = input.isImages() ? new long[] {parts, 1, 1} : new long[] {parts};
        var result = value;
        if (!all(factors, 1)) {
            result = node(
                    "Mul", List.of(result, constant("preprocessing/factor", factors, shape)), "preprocessing/scaled");
        }
        if (!all(offsets, 0)) {
            result = node(
                    "Add", List.of(result, constant("preprocessing/offset", offsets, shape)), "preprocessing/shifted");
        }
        return result;
    }

    private static boolean all(float[] values, float wanted) {
        for (float value : values) {
            if (value != wanted) {
                return false;
            }
        }
        return true;
    }

    private static double[] spread(String pointer, List<Double> said, double otherwise, int parts) {
        if (said.size() > 1 && said.size() != parts) {
            throw new Refusal(
                    pointer,
                    "has %d numbers: one is taken, or one per channel or feature, %d".formatted(said.size(), parts));
        }
        var values = new double[parts];
        Arrays.setAll(values, i -> said.isEmpty() ? otherwise : said.get(said.size() == 1 ? 0 : i));
        return values;
    }

    private void score() {
        var logits = outputs.logits() == null ? null : real(outputs.logits(), "scores/logits");
        var given = outputs.probabilities();
        var probabilities = given == null ? null : real(given, "scores/probabilities");
        boolean single = outputs.columns() == 1;
        boolean sigmoid = said.activation() == Activation.SIGMOID && !single;
        if (probabilities != null && single) {
            var one = constant("scores/one", new float[] {1}, 1);
            probabilities =
                    joined(node("Sub", List.of(one, probabilities), "scores/other"), probabilities, "scores/both");
        }
        if (logits != null && single) {
            logits = joined(node("Sub", List.of(logits, logits), "scores/zero"), logits, "scores/bothLogits");
        }
        if (logits == null) {
            var known = Objects.requireNonNull(probabilities);
            logits = sigmoid ? logOdds(known) : logarithm(known, LEAST, "scores/log");
        }
        if (probabilities == null) {
            probabilities = sigmoid
                    ? node("Sigmoid", List.of(logits), "scores/sigmoid")
                    : node("Softmax", List.of(logits), "scores/softmax", integer("axis", 1));
        }
        node("Identity", List.of(logits), LOGITS);
        node("Identity", List.of(probabilities), PROBABILITIES);
    }

    private String joined(String negative, String positive, String name) {
        return node("Concat", List.of(negative, positive), name, integer("axis", 1));
    }

    private String logOdds(String probabilities) {
        var one = constant("scores/one", new float[] {1}, 1);
        var rest = node("Sub", List.of(one, probabilities), "scores/rest");
        return node(
                "Sub",
                List.of(
                        logarithm(probabilities, LEAST_OF_SIGMOID, "scores/log"),
                        logarithm(rest, LEAST_OF_SIGMOID, "scores/logRest")),
                "scores/logOdds");
    }

    private String logarithm(String value, float least, String name) {
        var bounded = node("Max", List.of(value, constant(name + "/least", new float[] {least}, 1)), name + "/bounded");
        return node("Log", List.of(bounded), name);
    }

    /** As float32, whatever the file has. */
    private String real(String output, String name) {
        return node("Cast", List.of(PREFIX + output), name, integer("to", DataType.FLOAT_VALUE));
    }

    private String node(String operator, List<String> inputs, String output, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return output;
    }

    private String constant(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return name;
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto axes(long... order) {
        return AttributeProto.newBuilder()
                .setName("perm")
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(order).boxed().toList())
                .build();
    }

    private static ValueInfoProto value(String name, DataType type, long... sample) {
        var shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
        Arrays.stream(sample)
                .forEach(size ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    private static String renamed(String name) {
        return name.isEmpty() ? name : PREFIX + name; // an empty name stands for an input or output that is left out
    }

    private static TensorProto renamed(TensorProto constant) {
        return constant.toBuilder()
                .setName(renamed(constant.getName()))
                .clearDocString()
                .clearMetadataProps()
                .build();
    }

    private static NodeProto renamed(NodeProto node) {
        var written = node.toBuilder()
                .setName(renamed(node.getName()))
                .clearDocString()
                .clearMetadataProps()
                .clearOverload()
                .clearInput()
                .addAllInput(renamed(node.getInputList().stream()))
                .clearOutput()
                .addAllOutput(renamed(node.getOutputList().stream()));
        for (var attribute : written.getAttributeBuilderList()) {
            attribute.clearDocString();
            if (attribute.hasG()) {
                attribute.setG(renamed(attribute.getG()));
            }
        }
        return written.build();
    }

    private static List<String> renamed(Stream<String> names) {
        return names.map(Normalisation::renamed).toList();
    }

    /** A branch: what it gives has whatever type its nodes make it. */
    private static GraphProto renamed(GraphProto branch) {
        return GraphProto.newBuilder()
                .setName("branch")
                .addAllInitializer(branch.getInitializerList().stream()
                        .map(constant -> renamed(constant))
                        .toList())
                .addAllNode(
                        branch.getNodeList().stream().map(node -> renamed(node)).toList())
                .addAllOutput(branch.getOutputList().stream()
                        .map(output -> ValueInfoProto.newBuilder()
                                .setName(renamed(output.getName()))
                                .build())
                        .toList())
                .build();
    }
}
