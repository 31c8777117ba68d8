package io.lossforge.analysis;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.lossforge.loss.Objective;

/**
 * What the engine computes for an analysis, each {@code [samples, classes]} row by row.
 *
 * @param trainingLogits after what the loss adds or scales in training
 * @param training probabilities of those
 * @param served probabilities of the logits as they are served
 * @param gradients of the loss of all samples by each logit
 */
record EngineResults(float[] trainingLogits, float[] training, float[] served, float[] gradients) {

    /** @param sampleWeights of each sample in the loss */
    static EngineResults of(
            SplitLogits split, Objective objective, Training trained, float[] sampleWeights, NDManager manager) {
        try (var scope = manager.newSubManager();
                var collector = scope.getEngine().newGradientCollector()) {
            var logits = scope.create(split.logits(), new Shape(split.labels().length, split.classes()));
            var labels = scope.create(longs(split.labels()));
            logits.setRequiresGradient(true);
            collector.backward(objective.evaluate(logits, labels, scope.create(sampleWeights)));
            var gradients = logits.getGradient();
            gradients.attach(scope);
            logits.setRequiresGradient(false);
            var training = objective.trainingLogits(logits, labels);
            var serving = trained.loss().servingTransform();
            var served = trained.logitShift() == null ? logits : logits.sub(scope.create(trained.logitShift()));
            return new EngineResults(
                    floats(training),
                    floats(serving.probabilities(training)),
                    floats(serving.probabilities(served)),
                    floats(gradients));
        }
    }

    /** A loss may compute in float64. */
    private static float[] floats(NDArray array) {
        return array.toType(DataType.FLOAT32, false).toFloatArray();
    }

    private static long[] longs(int[] values) {
        var longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = values[i];
        }
        return longs;
    }
}
