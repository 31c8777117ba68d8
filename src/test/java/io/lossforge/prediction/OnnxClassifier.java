package io.lossforge.prediction;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A linear classifier as a real ONNX file with the interface of a trained one: raw samples in, logits and probabilities out.
 *
 * @param shape {@code [channels, height, width]} of pixels or {@code [features]}
 * @param seed of the weights
 */
public record OnnxClassifier(List<Integer> shape, int classes, int seed) {

    boolean pixels() {
        return shape.size() == 3;
    }

    int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Weights {@code [size][classes]}. */
    float[] weights() {
        var random = new Random(seed);
        var weights = new float[size() * classes];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() / 4;
        }
        return weights;
    }

    /** What the network must say of a sample, in double precision. */
    double[] logits(double[] sample) {
        var weights = weights();
        var logits = new double[classes];
        for (int i = 0; i < sample.length; i++) {
            double x = pixels() ? sample[i] / 255 : sample[i];
            for (int k = 0; k < classes; k++) {
                logits[k] += x * weights[i * classes + k];
            }
        }
        return logits;
    }

    /** What the network must say of a sample, in double precision. */
    public double[] probabilities(double[] sample) {
        var e = IntStream.range(0, classes)
                .mapToDouble(k -> Math.exp(logits(sample)[k]))
                .toArray();
        double total = Arrays.stream(e).sum();
        return Arrays.stream(e).map(x -> x / total).toArray();
    }

    /** The file's bytes. */
    public byte[] onnx() {
        var graph = GraphProto.newBuilder()
                .setName("linear")
                .addInput(value("input", pixels() ? 2 : 1, shape))
                .addOutput(value("logits", 1, List.of(classes)))
                .addOutput(value("probabilities", 1, List.of(classes)))
                .addInitializer(constant("scale", new float[] {pixels() ? 1f / 255 : 1f}))
                .addInitializer(constant("weights", weights(), size(), classes))
                .addNode(node("Cast", "float", List.of("input"), attribute("to", 1)))
                .addNode(node("Mul", "scaled", List.of("float", "scale")))
                .addNode(node("Flatten", "flat", List.of("scaled"), attribute("axis", 1)))
                .addNode(node("MatMul", "logits", List.of("flat", "weights")))
                .addNode(node("Softmax", "probabilities", List.of("logits"), attribute("axis", 1)));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("test")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** Puts the file into storage and the next version into the registry. */
    ModelVersion register(Models models, Storage storage, String name) {
        var bytes = onnx();
        var sha256 = sha256(bytes);
        var key = "models/" + sha256 + ".onnx";
        storage.put(key, new ByteArrayInputStream(bytes), bytes.length);
        return models.register(new NewModelVersion(
                name,
                UUID.randomUUID(),
                "digits",
                1,
                "softmax",
                key,
                sha256,
                bytes.length,
                labels(),
                pixels() ? "images" : "features",
                shape,
                "softmax",
                Map.of("accuracy", 0.5)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public List<String> labels() {
        return IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    }

    private static ValueInfoProto value(String name, int type, List<Integer> sample) {
        var shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
        sample.forEach(
                size -> shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    private static TensorProto constant(String name, float[] values, long... dimensions) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var tensor = TensorProto.newBuilder().setName(name).setDataType(1).setRawData(ByteString.copyFrom(bytes));
        for (var dimension : dimensions) {
            tensor.addDims(dimension);
        }
        return tensor.build();
    }

    private static NodeProto node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    private static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }
}
