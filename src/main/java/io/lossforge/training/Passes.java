package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import io.lossforge.analysis.LearningProperties;
import io.lossforge.analysis.SplitLogits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Passes over a split that change nothing: validation after each epoch, evaluation at the end. Without augmentation. */
final class Passes {

    /** Somebody wants the job to end. */
    static final class Interrupted extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Interrupted() {
            super(null, null, false, false);
        }
    }

    private final Setup setup;
    private final Learner learner;
    private final Batches batches;
    private final Interruption interruption;
    private final Pace pace;
    private final int[] validation;

    Passes(Setup setup, Learner learner, Batches batches, Interruption interruption, Pace pace) {
        this.setup = setup;
        this.learner = learner;
        this.batches = batches;
        this.interruption = interruption;
        this.pace = pace;
        validation = setup.validationOrder();
    }

    void interruptIfWanted() {
        if (interruption.wanted()) {
            throw new Interrupted();
        }
    }

    private interface EachBatch {

        /**
         * @param logits those that the loss takes
         * @param values those that are decided from, after logit adjustment
         */
        void accept(Batches.Batch batch, NDArray logits, float[] values, int from);
    }

    private void pass(PackedDataset.Split split, int[] samples, float @Nullable [] classWeights, EachBatch each) {
        long begin = System.nanoTime();
        int batchSize = setup.spec().batchSize();
        for (int from = 0; from < samples.length; from += batchSize) {
            interruptIfWanted();
            int to = Math.min(samples.length, from + batchSize);
            try (var scope = learner.manager().newSubManager()) {
                var batch = batches.load(split, samples, from, to, classWeights, null, scope);
                var logits = learner.logits(batch.inputs());
                each.accept(batch, logits, learner.adjusted(logits).toFloatArray(), from);
            }
        }
        pace.evaluated(samples.length, System.nanoTime() - begin);
    }

    /** The loss is that of training, with the class weights of that epoch, averaged over the samples. */
    Validation validate(int epoch) {
        var labels = setup.dataset().train().labels();
        int classes = setup.dataset().classes().size();
        var confusion = new Confusion(classes);
        var loss = new double[1];
        pass(setup.dataset().train(), validation, setup.classWeights(epoch), (batch, logits, values, from) -> {
            loss[0] += learner.loss(logits, batch).getFloat() * (double) batch.size();
            for (int i = 0; i < batch.size(); i++) {
                confusion.add(labels[validation[from + i]], Predictions.argMax(values, i * classes, classes));
            }
        });
        return Validation.of(loss[0] / validation.length, confusion);
    }

    /**
     * What the passes over all splits gave.
     *
     * @param evaluations by split, those that have samples
     */
    record Measured(Map<String, Evaluation> evaluations, Outputs outputs) {}

    Measured measure() {
        var dataset = setup.dataset();
        var evaluations = new LinkedHashMap<String, Evaluation>();
        var logits = new ArrayList<SplitLogits>();
        measure("train", dataset.train(), setup.splits().training(), evaluations, logits);
        measure("validation", dataset.train(), validation, evaluations, logits);
        var test = IntStream.range(0, dataset.test().count()).toArray();
        var predicted = measure("test", dataset.test(), test, evaluations, logits);
        var outputs = new Outputs(logits, predicted, dataset.test().labels());
        var shift = learner.logitShift();
        outputs.split("validation")
                .map(split -> Calibration.temperature(split.less(shift)))
                .ifPresent(temperature -> logits.forEach(split -> evaluations.computeIfPresent(
                        split.split(),
                        (name, evaluation) -> evaluation.with(Calibration.of(split.less(shift), temperature)))));
        return new Measured(evaluations, outputs);
    }

    /** @return the class predicted of each sample */
    private int[] measure(
            String name,
            PackedDataset.Split split,
            int[] samples,
            Map<String, Evaluation> evaluations,
            List<SplitLogits> logits) {
        if (samples.length == 0) {
            return new int[0];
        }
        var classes = setup.dataset().classes();
        int count = classes.size();
        var predictions = new Predictions(setup.spec().loss().servingTransform(), classes, samples.length);
        var labels = IntStream.of(samples).map(sample -> split.labels()[sample]).toArray();
        var kept = new KeptLogits(name, labels, count, LearningProperties.MOST_LOGITS);
        var predicted = new int[samples.length];
        var shift = learner.logitShift();
        pass(split, samples, null, (batch, raw, values, from) -> {
            var trained = shift == null ? values : raw.toFloatArray();
            for (int i = 0; i < batch.size(); i++) {
                predictions.add(values, i * count, labels[from + i]);
                kept.add(from + i, labels[from + i], trained, i * count);
                predicted[from + i] = Predictions.argMax(values, i * count, count);
            }
        });
        evaluations.put(name, predictions.evaluation(name));
        logits.add(kept.logits());
        return predicted;
    }
}
