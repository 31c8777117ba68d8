package io.lossforge.training;

import io.lossforge.analysis.Analysis;
import io.lossforge.analysis.SplitLogits;
import io.lossforge.decision.Calibrator;
import io.lossforge.decision.Decision;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.decision.SplitReport.BeforeAfter;
import io.lossforge.loss.LglInr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fits what is decided from the logits of a job, at its end or later, from what is stored of it: the same numbers both times.
 *
 * @param counts samples of each class that were trained on
 * @param masses of each class in what the epoch kept saw: class weight times samples drawn
 */
public record DecisionFit(TrainingSpec spec, List<String> classes, long[] counts, double[] masses) {

    /** As an analysis of the training split says. */
    public static DecisionFit of(TrainingSpec spec, Analysis analysis) {
        var shares = analysis.classes();
        return new DecisionFit(
                spec,
                shares.stream().map(Analysis.ClassShare::className).toList(),
                shares.stream().mapToLong(Analysis.ClassShare::trained).toArray(),
                shares.stream()
                        .mapToDouble(each -> each.weight() * each.drawn())
                        .toArray());
    }

    /**
     * Fits temperature, prior and thresholds on the validation split and measures them on it and on the test split.
     *
     * @param target null for no thresholds
     * @return null without a validation split
     */
    public @Nullable Decision fit(Outputs outputs, @Nullable DecisionTarget target) {
        var validation = outputs.split("validation");
        if (validation.isEmpty()) {
            return null;
        }
        var adjustment = spec.logitAdjustment();
        var shift = adjustment == null ? null : adjustment.shift(counts);
        double temperature = Calibration.temperature(validation.get().less(shift));
        var splits = new ArrayList<Decision.Scaled>();
        splits.add(scaled(validation.get(), shift, temperature));
        outputs.split("test").ifPresent(test -> splits.add(scaled(test, shift, temperature)));
        return Decision.fit(
                classes,
                new Calibrator(temperature, shift),
                normalised(masses),
                expectedPrior(shift, temperature),
                target,
                splits);
    }

    private Decision.Scaled scaled(SplitLogits split, float @Nullable [] shift, double temperature) {
        var served = split.less(shift);
        var predictions = new Predictions(spec.loss().servingTransform(), classes, served.labels().length);
        for (int i = 0; i < served.labels().length; i++) {
            predictions.add(served.logits(), i * served.classes(), served.labels()[i]);
        }
        var after = Calibration.of(served, temperature);
        return new Decision.Scaled(
                split,
                new BeforeAfter(predictions.nll(), after.nll()),
                new BeforeAfter(predictions.ece(), after.ece()));
    }

    /**
     * The prior that the loss leads to. Softmax and one-vs-all losses keep that of what they saw; those that adjust logits by it, or count every
     * class alike whatever it has of samples, take it out; and so does logit adjustment of what is served, by exp(−shift/T) as the logits are divided
     * by T. A class that was never seen counts as half a sample.
     */
    private double[] expectedPrior(float @Nullable [] shift, double temperature) {
        boolean uniform = spec.loss().adjustsLogits()
                || spec.loss() instanceof LglInr loss && loss.negativeMass() == LglInr.NegativeMass.UNIT;
        var prior = new double[masses.length];
        Arrays.setAll(
                prior,
                k -> (uniform ? 1 : Math.max(masses[k], 0.5))
                        * (shift == null ? 1 : Math.exp(-shift[k] / temperature)));
        return normalised(prior);
    }

    private static double[] normalised(double[] values) {
        double sum = Arrays.stream(values).sum();
        return Arrays.stream(values).map(value -> value / sum).toArray();
    }
}
