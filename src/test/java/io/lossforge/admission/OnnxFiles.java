package io.lossforge.admission;

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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** ONNX files as strangers write them. */
final class OnnxFiles {

    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT64 = 7;
    static final int DOUBLE = 11;

    private OnnxFiles() {}

    /** {@code output = flatten(input)·W}, with {@link #weights}. */
    static GraphProto.Builder linear(int features, int classes, Object... inputShape) {
        return GraphProto.newBuilder()
                .setName("stranger")
                .addInput(value("input", FLOAT, inputShape))
                .addOutput(value("output", FLOAT, "batch", classes))
                .addInitializer(constant("weights", weights(features, classes), features, classes))
                .addNode(node("Flatten", "flat", List.of("input"), integer("axis", 1)))
                .addNode(node("MatMul", "output", List.of("flat", "weights")));
    }

    /** {@code [features][classes]} in one array. */
    static float[] weights(int features, int classes) {
        var weights = new float[features * classes];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(1 + i);
        }
        return weights;
    }

    static double[] logits(double[] sample, int classes) {
        var weights = weights(sample.length, classes);
        var logits = new double[classes];
        for (int i = 0; i < sample.length; i++) {
            for (int k = 0; k < classes; k++) {
                logits[k] += sample[i] * weights[i * classes + k];
            }
        }
        return logits;
    }

    static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("stranger")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph);
    }

    static byte[] bytes(GraphProto.Builder graph) {
        return model(graph).build().toByteArray();
    }

    /** @param shape numbers, or names of what is not known */
    static ValueInfoProto value(String name, int type, Object... shape) {
        var axes = TensorShapeProto.newBuilder();
        for (var size : shape) {
            axes.addDim(
                    size instanceof Integer number
                            ? TensorShapeProto.Dimension.newBuilder().setDimValue(number)
                            : TensorShapeProto.Dimension.newBuilder().setDimParam(size.toString()));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(axes)))
                .build();
    }

    static TensorProto constant(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .setRawData(ByteString.copyFrom(bytes))
                .addAllDims(Arrays.stream(shape).boxed().toList())
                .build();
    }

    static TensorProto integers(String name, long... values) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(INT64)
                .addAllInt64Data(Arrays.stream(values).boxed().toList())
                .addDims(values.length)
                .build();
    }

    static NodeProto node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto tensor(String name, TensorProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    static AttributeProto graph(String name, GraphProto.Builder value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(value)
                .build();
    }

    /** A product of large matrices, again and again, whose sizes no file needs room for. */
    static GraphProto.Builder endless() {
        var graph = linear(4, 3, "batch", 4)
                .addInitializer(integers("large", 6000, 6000))
                .addNode(0, node("ConstantOfShape", "m0", List.of("large")));
        for (int i = 0; i < 1000; i++) {
            graph.addNode(i + 1, node("MatMul", "m" + (i + 1), List.of("m" + i, "m0")));
        }
        return graph.clearOutput()
                .addOutput(value("slow", FLOAT, "batch", 3))
                .addNode(node("ReduceSum", "sum", List.of("m1000"), integer("keepdims", 0)))
                .addNode(node("Add", "slow", List.of("output", "sum")));
    }

    /** Asks for 4 TB. */
    static GraphProto.Builder gigantic() {
        return linear(4, 3, "batch", 4)
                .addInitializer(integers("large", 1_000_000, 1_000_000))
                .addNode(node("ConstantOfShape", "zeros", List.of("large")))
                .addNode(node("ReduceSum", "sum", List.of("zeros"), integer("keepdims", 0)))
                .clearOutput()
                .addOutput(value("big", FLOAT, "batch", 3))
                .addNode(node("Add", "big", List.of("output", "sum")));
    }
}
