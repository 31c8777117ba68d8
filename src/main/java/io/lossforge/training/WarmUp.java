package io.lossforge.training;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.lossforge.architecture.Preprocessing;
import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;

/** Takes a few steps of a small made-up job, so that the first step of a real one finds classes loaded and kernels chosen. */
final class WarmUp {

    private static final Shape INPUT = new Shape(1, 28, 28);
    private static final int CLASSES = 10;
    private static final int BATCH = 16;
    private static final int STEPS = 3;

    private WarmUp() {}

    static void run(Device device) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("dataset", "warm-up");
        json.putObject("architecture")
                .put("name", Catalogues.ARCHITECTURES.names().contains("lenet") ? "lenet" : "mlp");
        var spec = Catalogues.JSON.read(TrainingSpec.class, json);
        var counts = new long[CLASSES];
        Arrays.fill(counts, BATCH);
        try (var learner = new Learner(
                spec,
                spec.architecture().network(INPUT, CLASSES),
                new Preprocessing(true, 1f / 255, new float[] {0}, new float[] {1}),
                counts,
                device,
                new Seeds(0))) {
            for (int step = 1; step <= STEPS; step++) {
                try (var scope = learner.manager().newSubManager()) {
                    var inputs = scope.zeros(new Shape(BATCH).addAll(INPUT), DataType.UINT8);
                    var labels = scope.zeros(new Shape(BATCH), DataType.INT64);
                    var batch = new Batches.Batch(inputs, labels, null, BATCH, 1);
                    learner.step(batch, 0.001, step).loss().getFloat();
                    learner.logits(inputs).toFloatArray();
                }
            }
        }
    }
}
