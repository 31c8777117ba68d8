package io.lossforge.admission;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Runs a network on zeros, on the largest pixels or ones, and on noise, alone and in batches: it must answer a number per class for every
 * sample, finite, and the same whichever samples come with it, since requests are joined into batches when it is served.
 */
final class Trial implements AutoCloseable {

    /** Samples of one run, from which on; together they ask for every sample at least once more than alone. */
    private static final int[][] BATCHES = {{0, 2}, {2, 3}, {5, 3}, {0, 8}};

    private static final int SAMPLES = 8;

    /** Kernels add up in another order for another number of samples. */
    private static final double TOLERANCE = 1e-3;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final FileInput input;
    private final int classes;
    private final Declaration said;

    /** @throws Refusal if the engine can't load the file */
    Trial(Path file, FileInput input, int classes, Declaration said) throws OrtException {
        this.input = input;
        this.classes = classes;
        this.said = said;
        this.environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "trial");
        try (var options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            this.session = environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            throw Refusal.file("can't be loaded by ONNX Runtime: %s%s", cause(e), fixedBatchHint(input));
        }
    }

    /** @throws Refusal if it does not answer as it must */
    void run() throws OrtException {
        var samples = samples();
        var logits = new float[SAMPLES][];
        var probabilities = new float[SAMPLES][];
        for (int i = 0; i < SAMPLES; i++) {
            var scores = run(samples, i, 1);
            logits[i] = scores[0];
            probabilities[i] = scores[1];
            requireFinite(logits[i], i);
            requireFinite(probabilities[i], i);
            requireProbabilities(probabilities[i]);
        }
        for (var batch : BATCHES) {
            var scores = run(samples, batch[0], batch[1]);
            for (int i = 0; i < batch[1]; i++) {
                requireSame(logits[batch[0] + i], scores[0], i, batch[1]);
                requireSame(probabilities[batch[0] + i], scores[1], i, batch[1]);
            }
        }
    }

    private ByteBuffer samples() {
        int size = input.size();
        boolean pixels = input.isImages();
        var memory = ByteBuffer.allocateDirect(SAMPLES * size * (pixels ? 1 : Float.BYTES))
                .order(ByteOrder.nativeOrder());
        var random = new Random(20);
        for (int sample = 0; sample < SAMPLES; sample++) {
            for (int i = 0; i < size; i++) {
                if (pixels) {
                    memory.put((byte) (sample == 0 ? 0 : sample == 1 ? 255 : random.nextInt(256)));
                } else {
                    memory.putFloat(sample == 0 ? 0 : sample == 1 ? 1 : feature(random, i));
                }
            }
        }
        return memory.flip();
    }

    /** As the sender says that features are spread, standard normal otherwise. */
    private float feature(Random random, int i) {
        double scale = said.scale() == null || said.scale() == 0 ? 1 : said.scale();
        double mean = said.mean().isEmpty() ? 0 : said.mean().get(said.mean().size() == 1 ? 0 : i);
        double std = said.std().isEmpty() ? 1 : said.std().get(said.std().size() == 1 ? 0 : i);
        return (float) ((mean + std * random.nextGaussian()) / scale);
    }

    /** Logits and probabilities, each {@code [count][classes]} in one array. */
    private float[][] run(ByteBuffer samples, int from, int count) throws OrtException {
        var shape = new long[input.shape().size() + 1];
        shape[0] = count;
        for (int i = 0; i < input.shape().size(); i++) {
            shape[i + 1] = input.shape().get(i);
        }
        int bytes = input.size() * (input.isImages() ? 1 : Float.BYTES);
        var part = samples.slice(from * bytes, count * bytes).order(ByteOrder.nativeOrder());
        try (var tensor = input.isImages()
                        ? OnnxTensor.createTensor(environment, part, shape, OnnxJavaType.UINT8)
                        : OnnxTensor.createTensor(environment, part.asFloatBuffer(), shape);
                var results = session.run(Map.of(Normalisation.INPUT, tensor))) {
            return new float[][] {
                scores(results.get(Normalisation.LOGITS).orElseThrow(), count),
                scores(results.get(Normalisation.PROBABILITIES).orElseThrow(), count)
            };
        } catch (OrtException e) {
            throw Refusal.file("fails on %d samples: %s%s", count, cause(e), fixedBatchHint(input));
        }
    }

    private float[] scores(OnnxValue value, int count) {
        if (!(value instanceof OnnxTensor tensor)) {
            throw Refusal.file("gives no tensor of scores");
        }
        var shape = tensor.getInfo().getShape();
        if (!Arrays.equals(shape, new long[] {count, classes})) {
            throw new Refusal(
                    shape.length == 2 && shape[0] == count ? "/labels" : "/file",
                    "for %d samples and %d labels the output is %s, not [%d, %d]%s"
                            .formatted(count, classes, Arrays.toString(shape), count, classes, fixedBatchHint(input)));
        }
        var scores = new float[count * classes];
        tensor.getFloatBuffer().get(scores);
        return scores;
    }

    private static void requireFinite(float[] scores, int sample) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw Refusal.file(
                        "gives %s for a sample of %s: outputs must be finite",
                        score, sample == 0 ? "zeros" : sample == 1 ? "the largest pixels, or ones" : "noise");
            }
        }
    }

    private void requireProbabilities(float[] scores) {
        double sum = 0;
        for (float score : scores) {
            if (score < -TOLERANCE || score > 1 + TOLERANCE) {
                throw notProbabilities("it gives " + score);
            }
            sum += score;
        }
        if (said.activation() == Declaration.Activation.SOFTMAX && Math.abs(sum - 1) > 10 * TOLERANCE) {
            throw notProbabilities(
                    "they sum to %.3f; where each class is decided by itself say activation=sigmoid".formatted(sum));
        }
    }

    private static Refusal notProbabilities(String why) {
        return new Refusal(
                "/probabilities",
                "the output is not of probabilities: %s; if it is of logits say logits=NAME instead".formatted(why));
    }

    private void requireSame(float[] alone, float[] together, int row, int count) {
        double largest = 1;
        for (float score : alone) {
            largest = Math.max(largest, Math.abs(score));
        }
        for (int k = 0; k < classes; k++) {
            float other = together[row * classes + k];
            if (!(Math.abs(alone[k] - other) <= TOLERANCE * largest)) {
                throw Refusal.file(
                        "gives %s for a sample alone and %s in a batch of %d: a sample's answer must not depend on others or on"
                                + " chance; export the network for inference%s",
                        alone[k], other, count, fixedBatchHint(input));
            }
        }
    }

    private static String fixedBatchHint(FileInput input) {
        return input.fixedBatch()
                ? ". The file says that it takes a fixed number of samples: export it with a dynamic batch axis, as by"
                        + " torch.onnx.export(…, dynamic_axes={\"%s\": {0: \"batch\"}})"
                                .formatted(shortened(input.name(), 40))
                : "";
    }

    /** What the engine says, without places in its own source. */
    private static String cause(OrtException e) {
        var message = String.valueOf(e.getMessage())
                .replaceAll("\\s+", " ")
                .replaceFirst("^Error code - \\w+ - message: ", "");
        int end = message.lastIndexOf("/onnxruntime_src/");
        if (end >= 0) {
            int signature = message.indexOf(") ", end);
            message = signature < 0 ? message.substring(0, end) : message.substring(signature + 2);
        }
        return shortened(message.replaceAll("\\p{Cntrl}", " ").strip(), 300);
    }

    private static String shortened(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
