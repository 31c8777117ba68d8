package io.lossforge.prediction;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** ONNX Runtime in a loop, a thread for each processor on one session: as much as can be had of it. */
final class BareEngine {

    private BareEngine() {}

    /** @param artefact takes 28×28 pixels of one channel */
    static double imagesPerSecond(byte[] artefact, int batch, Duration time) throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        var threads = Executors.newFixedThreadPool(processors);
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (var session =
                    DeepStack.call(() -> OrtEnvironment.getEnvironment().createSession(artefact, options))) {
                count(session, batch, Duration.ofSeconds(2));
                var loops = new ArrayList<Callable<Long>>();
                for (int i = 0; i < processors; i++) {
                    loops.add(() -> count(session, batch, time));
                }
                long begin = System.nanoTime();
                long images = 0;
                for (var loop : threads.invokeAll(loops)) {
                    images += loop.get();
                }
                return images / ((System.nanoTime() - begin) / 1e9);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static long count(OrtSession session, int batch, Duration time) throws OrtException {
        var memory = ByteBuffer.allocateDirect(batch * 28 * 28);
        var scores = new float[batch * 10];
        long images = 0;
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; images += batch) {
            try (var input = OnnxTensor.createTensor(
                            OrtEnvironment.getEnvironment(),
                            memory,
                            new long[] {batch, 1, 28, 28},
                            OnnxJavaType.UINT8);
                    var results = session.run(Map.of(LoadedModel.INPUT, input), Set.of(LoadedModel.PROBABILITIES))) {
                ((OnnxTensor) results.get(0)).getFloatBuffer().get(scores);
            }
        }
        return images;
    }
}
