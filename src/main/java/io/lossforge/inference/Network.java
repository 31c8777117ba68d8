package io.lossforge.inference;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.lossforge.loss.ServingTransform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An ONNX file, ready to run: input {@code input}, outputs {@code probabilities} and {@code logits}, of which the last may be missing. Each run
 * has one thread, so that several side by side use the processor best. Safe for several threads.
 */
final class Network implements AutoCloseable {

    private static final String INPUT = "input";
    private static final String PROBABILITIES = "probabilities";
    private static final String LOGITS = "logits";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int classes;
    private final ServingTransform serving;
    private final float @Nullable [] shift;

    private Network(OrtEnvironment environment, OrtSession session, int classes) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.classes = classes;
        var metadata = session.getMetadata().getCustomMetadata();
        serving = serving(metadata);
        shift = shift(metadata.get("lossforge.logitAdjustment"));
    }

    /**
     * Loads a file, and nothing beside it.
     *
     * @throws UnfitNetwork if it does not take the samples, or does not answer with probabilities of so many classes
     */
    static Network open(Path file, int classes, Samples samples) throws IOException, OrtException {
        var environment = OrtEnvironment.getEnvironment();
        try (var options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            var network =
                    new Network(environment, environment.createSession(Files.readAllBytes(file), options), classes);
            try {
                network.check(samples);
                return network;
            } catch (OrtException | RuntimeException e) {
                network.close();
                throw e;
            }
        }
    }

    /** How the logits become probabilities. */
    ServingTransform serving() {
        return serving;
    }

    /** @param memory direct, in the element type of the input, {@code [samples, …]} */
    Scores run(ByteBuffer memory, int samples, Samples input) throws OrtException {
        var outputs = session.getOutputNames().contains(LOGITS) ? Set.of(PROBABILITIES, LOGITS) : Set.of(PROBABILITIES);
        try (var tensor = tensor(memory, samples, input);
                var results = session.run(Map.of(INPUT, tensor), outputs)) {
            float[] logits = null;
            var probabilities = new float[0];
            for (var result : results) {
                var values = values(((OnnxTensor) result.getValue()).getFloatBuffer());
                if (result.getKey().equals(LOGITS)) {
                    logits = adjusted(values);
                } else {
                    probabilities = values;
                }
            }
            return new Scores(samples, probabilities, logits);
        }
    }

    private OnnxTensor tensor(ByteBuffer memory, int samples, Samples input) throws OrtException {
        var shape = new long[input.shape().size() + 1];
        shape[0] = samples;
        Arrays.setAll(shape, i -> i == 0 ? samples : input.shape().get(i - 1));
        return input.pixels()
                ? OnnxTensor.createTensor(environment, memory, shape, OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(environment, memory.asFloatBuffer(), shape);
    }

    private static float[] values(FloatBuffer buffer) {
        var values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private float[] adjusted(float[] logits) {
        if (shift != null) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] -= shift[i % classes];
            }
        }
        return logits;
    }

    private void check(Samples samples) throws OrtException {
        var input = session.getInputInfo().get(INPUT);
        var wanted = new ArrayList<Long>(List.of(-1L));
        samples.shape().forEach(size -> wanted.add((long) size));
        if (input == null
                || !(input.getInfo() instanceof TensorInfo tensor)
                || tensor.type != (samples.pixels() ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT)
                || !Arrays.stream(tensor.getShape()).boxed().toList().equals(wanted)) {
            throw new UnfitNetwork("the model's input is %s, the samples are %s of %s"
                    .formatted(
                            input == null ? "missing" : input.getInfo(),
                            samples.pixels() ? "uint8" : "float32",
                            samples.shape()));
        }
        var output = session.getOutputInfo().get(PROBABILITIES);
        if (output == null
                || !(output.getInfo() instanceof TensorInfo scores)
                || !Arrays.equals(scores.getShape(), new long[] {-1, classes})) {
            throw new UnfitNetwork("the model does not answer with probabilities of %d classes".formatted(classes));
        }
    }

    private static ServingTransform serving(Map<String, String> metadata) {
        var name = metadata.getOrDefault("lossforge.serving", "softmax");
        if (name.equals(ServingTransform.SIGMOID.kind().json())) {
            return ServingTransform.SIGMOID;
        }
        return ServingTransform.temperedSoftmax(
                Double.parseDouble(metadata.getOrDefault("lossforge.servingTemperature", "1")));
    }

    private static float @Nullable [] shift(@Nullable String adjustment) {
        if (adjustment == null) {
            return null;
        }
        JsonNode values = JsonMapper.shared().readTree(adjustment).path("shift");
        var shift = new float[values.size()];
        for (int k = 0; k < shift.length; k++) {
            shift[k] = values.get(k).floatValue();
        }
        return shift;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
