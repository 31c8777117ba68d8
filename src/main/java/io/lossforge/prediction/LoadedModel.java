package io.lossforge.prediction;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An ONNX Runtime session of one artefact. Safe for several threads, which run on it side by side. Whoever {@link #retain}s it must
 * {@link #close} it; the last one to do so frees it.
 */
final class LoadedModel implements AutoCloseable {

    static final String INPUT = "input";
    static final String LOGITS = "logits";
    static final String PROBABILITIES = "probabilities";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Input input;
    private final int classes;
    private final ModelStatistics statistics = new ModelStatistics();
    private final AtomicInteger users = new AtomicInteger(1);

    private LoadedModel(OrtEnvironment environment, OrtSession session, Input input, int classes) {
        this.environment = environment;
        this.session = session;
        this.input = input;
        this.classes = classes;
    }

    /**
     * Makes a session and runs it once.
     *
     * @param artefact an ONNX file with everything inside; files beside it are not looked for
     * @throws OrtException if it is no such file
     * @throws IllegalArgumentException if it does not take and give what its registration says
     */
    static LoadedModel load(byte[] artefact, Input input, int classes, int threads) throws OrtException {
        try {
            return DeepStack.call(() -> loadHere(artefact, input, classes, threads));
        } catch (OrtException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static LoadedModel loadHere(byte[] artefact, Input input, int classes, int threads) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        try (var options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            var model = new LoadedModel(environment, environment.createSession(artefact, options), input, classes);
            try {
                model.checkInterface();
                model.warmUp();
                return model;
            } catch (OrtException | RuntimeException e) {
                model.close();
                throw e;
            }
        }
    }

    Input input() {
        return input;
    }

    int classes() {
        return classes;
    }

    /** Of all predictions since it was loaded. */
    ModelStatistics statistics() {
        return statistics;
    }

    /** Adds a user. Only while another keeps it. */
    void retain() {
        users.incrementAndGet();
    }

    /** Takes the scores of an output, float32 {@code [samples][classes]} from the buffer's position on; they are gone when it returns. */
    @FunctionalInterface
    interface Receiver {

        void take(String output, FloatBuffer scores);
    }

    /**
     * Runs samples through the network.
     *
     * @param memory direct, in the element type of the input, {@code [samples, …]}
     * @param outputs {@link #LOGITS}, {@link #PROBABILITIES} or both
     */
    void run(ByteBuffer memory, int samples, Set<String> outputs, Receiver receiver) {
        try (var tensor = tensor(memory, samples);
                var results = session.run(Map.of(INPUT, tensor), outputs)) {
            for (var result : results) {
                receiver.take(result.getKey(), ((OnnxTensor) result.getValue()).getFloatBuffer());
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(ByteBuffer memory, int samples) throws OrtException {
        return input.pixels()
                ? OnnxTensor.createTensor(environment, memory, input.batch(samples), OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(environment, memory.asFloatBuffer(), input.batch(samples));
    }

    private void checkInterface() throws OrtException {
        check(
                session.getInputInfo(),
                Map.of(INPUT, input.batch(-1)),
                input.pixels() ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT);
        var scores = new long[] {-1, classes};
        check(session.getOutputInfo(), Map.of(LOGITS, scores, PROBABILITIES, scores), OnnxJavaType.FLOAT);
    }

    private static void check(Map<String, NodeInfo> present, Map<String, long[]> wanted, OnnxJavaType type) {
        if (!present.keySet().equals(wanted.keySet())) {
            throw new IllegalArgumentException("has %s, not %s".formatted(present.keySet(), wanted.keySet()));
        }
        present.forEach((name, node) -> {
            if (!(node.getInfo() instanceof TensorInfo tensor)
                    || tensor.type != type
                    || !Arrays.equals(tensor.getShape(), wanted.get(name))) {
                throw new IllegalArgumentException(
                        "%s is %s, not %s %s".formatted(name, node.getInfo(), type, Arrays.toString(wanted.get(name))));
            }
        });
    }

    private void warmUp() {
        try (var zeros = new Samples(input, new DirectBuffers(1))) {
            zeros.begin();
            for (int i = 0; i < input.size(); i++) {
                if (input.pixels()) {
                    zeros.putPixel(0);
                } else {
                    zeros.putFeature(0);
                }
            }
            zeros.end();
            run(zeros.slice(0, 1), 1, Set.of(LOGITS, PROBABILITIES), (output, scores) -> {});
        }
    }

    /** Ends one use. */
    @Override
    public void close() {
        if (users.decrementAndGet() == 0) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
