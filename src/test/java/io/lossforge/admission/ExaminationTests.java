package io.lossforge.admission;

import static io.lossforge.admission.OnnxFiles.DOUBLE;
import static io.lossforge.admission.OnnxFiles.FLOAT;
import static io.lossforge.admission.OnnxFiles.INT64;
import static io.lossforge.admission.OnnxFiles.UINT8;
import static io.lossforge.admission.OnnxFiles.bytes;
import static io.lossforge.admission.OnnxFiles.constant;
import static io.lossforge.admission.OnnxFiles.graph;
import static io.lossforge.admission.OnnxFiles.integer;
import static io.lossforge.admission.OnnxFiles.integers;
import static io.lossforge.admission.OnnxFiles.linear;
import static io.lossforge.admission.OnnxFiles.model;
import static io.lossforge.admission.OnnxFiles.node;
import static io.lossforge.admission.OnnxFiles.tensor;
import static io.lossforge.admission.OnnxFiles.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import com.google.protobuf.ByteString;
import io.lossforge.admission.Declaration.Activation;
import io.lossforge.admission.Declaration.Layout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExaminationTests {

    private static final List<String> THREE = List.of("cat", "dog", "eel");
    private static final Declaration LOGITS = said(THREE, null, "output", null);

    @TempDir
    Path directory;

    @Test
    void floatImagesBecomePixels() throws Exception {
        var said = new Declaration(
                THREE, null, 1 / 255.0, List.of(0.4, 0.5, 0.6), List.of(0.2), "output", null, Activation.SOFTMAX);
        var accepted = accepted(bytes(linear(3 * 4 * 2, 3, "batch", 3, 4, 2)), said);
        assertThat(accepted.inputKind()).isEqualTo("images");
        assertThat(accepted.inputShape()).containsExactly(3, 4, 2);
        var pixels = pixels(24);
        var seen = new double[24];
        Arrays.setAll(seen, i -> (pixels[i] / 255.0 - (0.4 + 0.1 * (i / 8))) / 0.2);
        assertScores(run(pixels, 3, 4, 2), OnnxFiles.logits(seen, 3));
    }

    @Test
    void channelsLastBecomeChannelsFirst() throws Exception {
        var said = new Declaration(THREE, null, 1.0, List.of(), List.of(), "output", null, Activation.SOFTMAX);
        var accepted = accepted(bytes(linear(4 * 2 * 3, 3, "batch", 4, 2, 3)), said);
        assertThat(accepted.inputShape()).containsExactly(3, 4, 2);
        var pixels = pixels(24);
        var seen = new double[24];
        Arrays.setAll(seen, i -> pixels[i % 3 * 8 + i / 3]);
        assertScores(run(pixels, 3, 4, 2), OnnxFiles.logits(seen, 3));
    }

    @Test
    void featuresOfDoublesAreTakenAsFloats() throws Exception {
        var graph = GraphProto.newBuilder()
                .addInput(value("x", DOUBLE, "n", 4))
                .addOutput(value("logits", DOUBLE, "n", 3))
                .addInitializer(constant("w", OnnxFiles.weights(4, 3), 4, 3))
                .addNode(node("Cast", "w64", List.of("w"), integer("to", DOUBLE)))
                .addNode(node("MatMul", "logits", List.of("x", "w64")));
        assertThat(accepted(bytes(graph), said(THREE, null, null, null)).inputShape())
                .containsExactly(4);
        assertScores(run(new float[] {1, -2, 0.5f, 3}), OnnxFiles.logits(new double[] {1, -2, 0.5, 3}, 3));
    }

    @Test
    void probabilitiesAloneGiveLogitsOfTheSame() throws Exception {
        var graph = linear(4, 3, "batch", 4)
                .setOutput(0, value("p", FLOAT, "batch", 3))
                .addNode(node("Softmax", "p", List.of("output"), integer("axis", 1)));
        accepted(bytes(graph), said(THREE, null, null, "p"));
        var scores = run(new float[] {1, -2, 0.5f, 3});
        assertThat(scores[1])
                .containsExactly(softmax(OnnxFiles.logits(new double[] {1, -2, 0.5, 3}, 3)), within(1e-5f));
        for (int k = 0; k < 3; k++) {
            assertThat(scores[0][k]).isCloseTo((float) Math.log(scores[1][k]), within(1e-4f));
        }
    }

    @Test
    void aSingleScoreIsThatOfTheSecondOfTwoClasses() throws Exception {
        var accepted = accepted(bytes(linear(4, 1, "batch", 4)), said(List.of("no", "yes"), null, "output", null));
        assertThat(accepted.servingTransform()).isEqualTo("softmax");
        var scores = run(new float[] {1, -2, 0.5f, 3});
        var z = OnnxFiles.logits(new double[] {1, -2, 0.5, 3}, 1)[0];
        assertThat(scores[1][1]).isCloseTo((float) (1 / (1 + Math.exp(-z))), within(1e-5f));
        assertThat(scores[1][0] + scores[1][1]).isCloseTo(1, within(1e-6f));
    }

    @Test
    void sigmoidIsPerClass() throws Exception {
        var said = new Declaration(THREE, null, null, List.of(), List.of(), "output", null, Activation.SIGMOID);
        assertThat(accepted(bytes(linear(4, 3, "batch", 4)), said).servingTransform())
                .isEqualTo("sigmoid");
        var scores = run(new float[] {1, -2, 0.5f, 3});
        for (int k = 0; k < 3; k++) {
            assertThat(scores[1][k]).isCloseTo((float) (1 / (1 + Math.exp(-scores[0][k]))), within(1e-5f));
        }
    }

    @Test
    void aBatchThatIsFixedIsFreedWhereTheGraphAllowsIt() throws Exception {
        assertThat(accepted(bytes(linear(4, 3, 1, 4)), LOGITS).findings().fixedBatch())
                .isTrue();
        var reshaped = linear(4, 3, 1, 4)
                .addInitializer(integers("one", 1, 4))
                .setNode(0, node("Reshape", "flat", List.of("input", "one")));
        assertThat(refused(bytes(reshaped), LOGITS).detail()).contains("dynamic batch axis");
    }

    @Test
    void scikitLearnsClassifiersAreTaken() throws Exception {
        var classifier = NodeProto.newBuilder()
                .setOpType("LinearClassifier")
                .setDomain("ai.onnx.ml")
                .addInput("x")
                .addOutput("label")
                .addOutput("probabilities")
                .addAttribute(floats("coefficients", 0.5f, -1, 2, 1, 0.25f, 0, -1, 1, 0.5f))
                .addAttribute(floats("intercepts", 0.1f, 0.2f, 0.3f))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("classlabels_ints")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(0L, 1L, 2L)))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("post_transform")
                        .setType(AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8("SOFTMAX")));
        var graph = GraphProto.newBuilder()
                .addInput(value("x", FLOAT, "n", 3))
                .addOutput(value("label", INT64, "n"))
                .addOutput(value("probabilities", FLOAT, "n", 3))
                .addNode(classifier);
        var file = model(graph)
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3));
        var accepted = accepted(file.build().toByteArray(), said(THREE, null, null, null));
        assertThat(accepted.findings().operatorSets())
                .containsEntry("ai.onnx.ml", 3L)
                .containsEntry("ai.onnx", 17L);
        assertThat(run(new float[] {1, 0, 0})[1])
                .containsExactly(softmax(new double[] {0.6, 1.2, -0.7}), within(1e-5f));
    }

    @Test
    void whatTheOutputsDoNotNeedIsLeftOut() throws Exception {
        var graph = linear(4, 3, "batch", 4)
                .addOutput(value("junk", FLOAT, "batch", 4))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Evil")
                        .setDomain("evil")
                        .addInput("input")
                        .addOutput("junk"));
        assertThat(accepted(bytes(graph), LOGITS).findings().operators()).containsExactly("Flatten", "MatMul");
    }

    @Test
    void labelsOfAnArtefactAreInside() throws Exception {
        var file = model(linear(4, 3, "batch", 4))
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("lossforge.labels")
                        .setValue("[\"a\",\"b\",\"c\"]"));
        assertThat(accepted(file.build().toByteArray(), said(List.of(), null, "output", null))
                        .labels())
                .containsExactly("a", "b", "c");
        assertRefused(bytes(linear(4, 3, "batch", 4)), said(List.of(), null, "output", null), "/labels", "is required");
    }

    @Test
    void whatIsNoOnnxFileIsNamed() throws Exception {
        var whole = bytes(linear(4, 3, "batch", 4));
        assertRefused(new byte[0], LOGITS, "/file", "is empty");
        assertRefused(new byte[] {8}, LOGITS, "/file", "is no ONNX file, or is cut off");
        assertRefused(Arrays.copyOf(whole, whole.length / 2), LOGITS, "/file", "is cut off");
        assertRefused(zip(), LOGITS, "/file", "is a zip archive");
        assertRefused("a text".getBytes(StandardCharsets.UTF_8), LOGITS, "/file", "is no ONNX file");
    }

    @Test
    void versionsThatTheEngineHasNotAreRefused() throws Exception {
        var graph = linear(4, 3, "batch", 4);
        assertRefused(
                model(graph).setIrVersion(99).build().toByteArray(), LOGITS, "/file", "version 99 of the ONNX format");
        assertRefused(
                model(graph)
                        .setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(99))
                        .build()
                        .toByteArray(),
                LOGITS,
                "/file",
                "operators of version 99; 8 to 26 are taken");
        assertRefused(
                model(graph).clearOpsetImport().build().toByteArray(), LOGITS, "/file", "does not say which version");
    }

    @Test
    void dataOutsideTheFileIsRefusedWhereverItIs() throws Exception {
        var outside = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(FLOAT)
                .addAllDims(List.of(4L, 3L))
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("/etc/passwd"))
                .build();
        assertRefused(
                bytes(linear(4, 3, "batch", 4).setInitializer(0, outside)), LOGITS, "/file", "is in another file");
        var inNode = linear(4, 3, "batch", 4)
                .removeInitializer(0)
                .addNode(0, node("Constant", "weights", List.of(), tensor("value", outside)));
        assertRefused(bytes(inNode), LOGITS, "/file", "is in another file");
        var branch = GraphProto.newBuilder().addInitializer(outside).addOutput(value("weights", FLOAT));
        var inBranch = linear(4, 3, "batch", 4)
                .addInitializer(
                        TensorProto.newBuilder().setName("yes").setDataType(9).addInt32Data(1))
                .addNode(node(
                        "If", "chosen", List.of("yes"), graph("then_branch", branch), graph("else_branch", branch)))
                .addNode(node("MatMul", "inner", List.of("flat", "chosen")))
                .addOutput(value("inner", FLOAT, "batch", 3));
        assertRefused(bytes(inBranch), said(THREE, null, "inner", null), "/file", "is in another file");
        var sparse = linear(4, 3, "batch", 4)
                .addSparseInitializer(
                        SparseTensorProto.newBuilder().setValues(outside).addAllDims(List.of(1L << 40)));
        assertRefused(bytes(sparse), LOGITS, "/file", "sparse constants");
    }

    @Test
    void constantsMustBeWhole() throws Exception {
        var short1 = constant("weights", new float[] {1, 2, 3}, 4, 3);
        assertRefused(
                bytes(linear(4, 3, "batch", 4).setInitializer(0, short1)),
                LOGITS,
                "/file",
                "said to have the shape [4, 3], but has 12 bytes instead of 48");
        var huge = constant("weights", new float[] {1}, 1L << 40, 1L << 40);
        assertRefused(
                bytes(linear(4, 3, "batch", 4).setInitializer(0, huge)), LOGITS, "/file", "which no constant can have");
    }

    @Test
    void operatorsBeyondTheStandardAreRefusedByName() throws Exception {
        var custom = linear(4, 3, "batch", 4)
                .setNode(
                        1,
                        NodeProto.newBuilder()
                                .setOpType("Shell")
                                .setDomain("evil.example")
                                .addAllInput(List.of("flat", "weights"))
                                .addOutput("output"));
        assertRefused(bytes(custom), LOGITS, "/file", "not of the ONNX standard: [\"Shell\" of \"evil.example\"]");
        var unknown = linear(4, 3, "batch", 4).setNode(1, node("Exec", "output", List.of("flat", "weights")));
        assertRefused(bytes(unknown), LOGITS, "/file", "operator \"Exec\" is not among the operators that are taken");
        var random = linear(4, 3, "batch", 4).setNode(1, node("RandomNormalLike", "output", List.of("flat")));
        assertRefused(bytes(random), LOGITS, "/file", "answers differently for the same sample");
    }

    @Test
    void loopsAreRefusedSinceTheyMightNeverEnd() throws Exception {
        var forever = GraphProto.newBuilder()
                .addInput(value("i", INT64))
                .addInput(value("go", 9))
                .addInput(value("x", FLOAT, "batch", 4))
                .addNode(node("Identity", "on", List.of("go")))
                .addNode(node("Identity", "y", List.of("x")))
                .addOutput(value("on", 9))
                .addOutput(value("y", FLOAT, "batch", 4));
        var looping = linear(4, 3, "batch", 4)
                .addInitializer(
                        TensorProto.newBuilder().setName("yes").setDataType(9).addInt32Data(1))
                .setNode(0, node("Loop", "flat", List.of("", "yes", "input"), graph("body", forever)));
        assertRefused(bytes(looping), LOGITS, "/file", "operator \"Loop\" might never end");
    }

    @Test
    void sizesThatSamplesDecideAreRefused() throws Exception {
        var tiled = linear(4, 3, "batch", 4)
                .addNode(node("Cast", "counts", List.of("output"), integer("to", INT64)))
                .addNode(node("ReduceMax", "most", List.of("counts"), integer("keepdims", 0)))
                .addInitializer(integers("where", 0))
                .addNode(node("Unsqueeze", "shape", List.of("most", "where")))
                .addNode(node("ConstantOfShape", "room", List.of("shape")))
                .addNode(node("ReduceSum", "sum", List.of("room"), integer("keepdims", 0)))
                .addNode(node("Add", "late", List.of("output", "sum")))
                .addOutput(value("late", FLOAT, "batch", 3));
        assertRefused(
                bytes(tiled),
                said(THREE, null, "late", null),
                "/file",
                "\"ConstantOfShape\" gives tensors whose size depends");
        var shaped = linear(4, 3, "batch", 4)
                .addNode(0, node("Shape", "size", List.of("input")))
                .setNode(1, node("Reshape", "flat", List.of("input", "size")));
        accepted(bytes(shaped), LOGITS);
    }

    @Test
    void inputsMustBeTheSamplesAlone() throws Exception {
        var two = linear(4, 3, "batch", 4).addInput(value("also", FLOAT, "batch", 4));
        assertRefused(bytes(two), LOGITS, "/file", "takes 2 inputs, [\"input\", \"also\"]: exactly one");
        assertRefused(
                bytes(linear(4, 3, "batch", 3, "height", "width")),
                LOGITS,
                "/file",
                "[batch, 3, height, width]: every size");
        assertRefused(
                bytes(linear(4, 3, "batch", 2, 2)), LOGITS, "/file", "features [batch, features] are taken, or images");
        assertRefused(
                bytes(linear(4, 3, "batch", 4).setInput(0, value("input", INT64, "batch", 4))),
                LOGITS,
                "/file",
                "float, double");
        assertRefused(bytes(linear(75, 3, "batch", 5, 5, 5)), LOGITS, "/layout", "1 or 3 channels are taken");
        assertRefused(bytes(linear(45, 3, "batch", 3, 5, 3)), LOGITS, "/layout", "is required, NCHW or NHWC");
        assertRefused(
                bytes(linear(24, 3, "batch", 3, 4, 2)),
                LOGITS,
                "/scale",
                "is required where the file takes float images");
    }

    @Test
    void whatIsSaidMustFit() throws Exception {
        var file = bytes(linear(24, 3, "batch", 3, 4, 2));
        assertRefused(
                file,
                new Declaration(THREE, Layout.NHWC, 1.0, List.of(), List.of(), "output", null, Activation.SOFTMAX),
                "/layout",
                "NHWC can't be");
        assertRefused(
                file,
                new Declaration(THREE, null, 1.0, List.of(1.0, 2.0), List.of(), "output", null, Activation.SOFTMAX),
                "/mean",
                "has 2 numbers: one is taken, or one per channel or feature, 3");
        assertRefused(
                file,
                new Declaration(THREE, null, 1.0, List.of(), List.of(0.0), "output", null, Activation.SOFTMAX),
                "/std",
                "each must be above 0");
        var pixels = linear(24, 3, "batch", 3, 4, 2)
                .setInput(0, value("input", UINT8, "batch", 3, 4, 2))
                .addNode(0, node("Cast", "floats", List.of("input"), integer("to", FLOAT)))
                .setNode(1, node("Flatten", "flat", List.of("floats")));
        assertRefused(
                bytes(pixels),
                new Declaration(THREE, null, 1.0, List.of(), List.of(), "output", null, Activation.SOFTMAX),
                "/scale",
                "scales them itself");
        accepted(bytes(pixels), LOGITS);
    }

    @Test
    void outputsMustBeOneNumberPerClass() throws Exception {
        var file = bytes(linear(4, 3, "batch", 4));
        assertRefused(file, said(THREE, null, null, null), "/logits", "say which output");
        assertRefused(
                file,
                said(THREE, null, "outptu", null),
                "/logits",
                "\"outptu\" is no output of the file; it gives \"output\" float [batch, 3]");
        assertRefused(
                file,
                said(List.of("a", "b"), null, "output", null),
                "/labels",
                "has 2 labels, but output \"output\" gives 3 numbers");
        assertRefused(file, said(List.of("a", "a", "b"), null, "output", null), "/labels", "has \"a\" twice");
        assertRefused(file, said(List.of("a"), null, "output", null), "/labels", "must be 2 to 10000, was 1");
        assertRefused(file, said(THREE, null, null, "output"), "/probabilities", "not of probabilities");
        var map = linear(4, 3, "batch", 4).setOutput(0, value("output", FLOAT, "batch", 3, 1, 1));
        assertRefused(bytes(map), LOGITS, "/file", "one number per class is wanted");
        var hidden = linear(4, 3, "batch", 4).setOutput(0, value("output", FLOAT, "batch", "what"));
        assertRefused(bytes(hidden), said(List.of("a", "b"), null, "output", null), "/", "");
    }

    @Test
    void answersMustBeFiniteAndEachSamplesOwn() throws Exception {
        var logarithm = linear(4, 3, "batch", 4).setNode(0, node("Log", "flat", List.of("input")));
        assertRefused(bytes(logarithm), LOGITS, "/file", "for a sample of zeros: outputs must be finite");
        var mixed = linear(4, 3, "batch", 4)
                .addNode(node("ReduceMean", "mean", List.of("output"), integer("keepdims", 0)))
                .addNode(node("Sub", "centred", List.of("output", "mean")))
                .addOutput(value("centred", FLOAT, "batch", 3));
        assertRefused(bytes(mixed), said(THREE, null, "centred", null), "/file", "must not depend on others");
        var constantly = linear(4, 3, "batch", 4)
                .addInitializer(constant("fixed", new float[] {1, 2, 3}, 1, 3))
                .addNode(node("Identity", "same", List.of("fixed")))
                .addOutput(value("same", FLOAT, 1, 3));
        assertRefused(bytes(constantly), said(THREE, null, "same", null), "/file", "does not depend on the input");
    }

    @Test
    void hostileNamesAreShownHarmlessly() throws Exception {
        var graph = linear(4, 3, "batch", 4).addInput(value("a\r\nb" + "x".repeat(10_000), FLOAT, "batch", 1));
        assertThat(refused(bytes(graph), LOGITS).detail()).contains("\"a??bxxx").hasSizeLessThan(500);
    }

    private Verdict.Accepted accepted(byte[] file, Declaration said) throws Exception {
        var verdict = examine(file, said);
        assertThat(verdict.refused()).isNull();
        return Objects.requireNonNull(verdict.accepted());
    }

    private Verdict.Refused refused(byte[] file, Declaration said) throws Exception {
        return Objects.requireNonNull(examine(file, said).refused());
    }

    private void assertRefused(byte[] file, Declaration said, String pointer, String detail) throws Exception {
        var refused = refused(file, said);
        assertThat(refused.detail()).contains(detail).doesNotContain("onnxruntime_src", directory.toString());
        assertThat(refused.pointer()).startsWith(pointer);
    }

    private Verdict examine(byte[] file, Declaration said) throws Exception {
        Files.write(directory.resolve(Examination.UPLOADED), file);
        return Examination.of(directory, said);
    }

    /** Logits and probabilities of one sample, by the normalised file. */
    private float[][] run(int[] pixels, long... shape) throws Exception {
        var bytes = ByteBuffer.allocateDirect(pixels.length);
        Arrays.stream(pixels).forEach(pixel -> bytes.put((byte) pixel));
        try (var tensor = OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(),
                bytes.flip(),
                new long[] {1, shape[0], shape[1], shape[2]},
                OnnxJavaType.UINT8)) {
            return run(tensor);
        }
    }

    private float[][] run(float[] features) throws Exception {
        try (var tensor = OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(features), new long[] {1, features.length})) {
            return run(tensor);
        }
    }

    private float[][] run(OnnxTensor tensor) throws Exception {
        var file = directory.resolve(Examination.NORMALISED).toString();
        try (var session = OrtEnvironment.getEnvironment().createSession(file);
                var result = session.run(Map.of("input", tensor))) {
            return new float[][] {
                ((float[][]) result.get("logits").orElseThrow().getValue())[0],
                ((float[][]) result.get("probabilities").orElseThrow().getValue())[0]
            };
        }
    }

    private static void assertScores(float[][] scores, double[] logits) {
        for (int k = 0; k < logits.length; k++) {
            assertThat((double) scores[0][k]).isCloseTo(logits[k], within(1e-5 * (1 + Math.abs(logits[k]))));
        }
        assertThat(scores[1]).containsExactly(softmax(logits), within(1e-4f));
    }

    private static float[] softmax(double[] logits) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double sum = Arrays.stream(logits).map(z -> Math.exp(z - most)).sum();
        var probabilities = new float[logits.length];
        for (int k = 0; k < logits.length; k++) {
            probabilities[k] = (float) (Math.exp(logits[k] - most) / sum);
        }
        return probabilities;
    }

    private static int[] pixels(int count) {
        return new Random(3).ints(count, 0, 256).toArray();
    }

    private static Declaration said(
            List<String> labels, @Nullable Layout layout, @Nullable String logits, @Nullable String probabilities) {
        return new Declaration(labels, layout, null, List.of(), List.of(), logits, probabilities, Activation.SOFTMAX);
    }

    private static AttributeProto.Builder floats(String name, float... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
        IntStream.range(0, values.length).forEach(i -> attribute.addFloats(values[i]));
        return attribute;
    }

    private static byte[] zip() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("data.pkl"));
            zip.write(1);
        }
        return bytes.toByteArray();
    }
}
