package io.lossforge.decision;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.lossforge.analysis.SplitLogits;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.decision.SplitReport.BeforeAfter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is made of the logits of one model version, fitted on its validation samples: temperature, class prior, thresholds for a target. */
public record Decision(
        @JsonPropertyDescription(
                "T: calibrated probabilities are softmax((z - logitShift) / T), whatever the loss serves")
        double temperature,

        @JsonPropertyDescription("What the artefact takes from the logits of each class; null for nothing") @Nullable List<Float> logitShift,

        @JsonPropertyDescription("What every class should reach with the thresholds; null where there are none")
        @Nullable ChosenTarget target,

        @JsonPropertyDescription(
                "Which class is given, if it is not below its threshold: the one with the largest probability, or the one whose probability is the largest multiple of its threshold; null without a target")
        Thresholds.@Nullable ChosenBy chosenBy,

        List<ClassDecision> classes,

        @JsonPropertyDescription(
                "By name, validation and test as far as there are: what changes. Thresholds, temperature and prior are fitted on validation, so that test is what to expect")
        Map<String, SplitReport> splits,

        @JsonPropertyDescription("What to know before relying on it, for people")
        List<String> warnings) {

    /** Below so many validation samples a temperature says little. */
    private static final int FEW = 50;

    /** What is shown with this probability of error at most. */
    private static final double ERROR = 0.05;

    /** What every class should reach, as a specification names it. */
    public record ChosenTarget(String name, Map<String, Double> parameters) {

        public ChosenTarget {
            parameters = Map.copyOf(parameters);
        }

        static ChosenTarget of(DecisionTarget target) {
            return new ChosenTarget(Catalogue.nameOf(target), Map.of("atLeast", target.atLeast()));
        }
    }

    /** What was fitted for one class. */
    public record ClassDecision(
            String label,

            @JsonPropertyDescription("Its share of what training saw, class weights and sampling counted")
            double trainingShare,

            @JsonPropertyDescription("How often it must occur for the calibrated probabilities to be right; sums to 1")
            double prior,

            long validationSamples,

            @JsonPropertyDescription(
                    "Least calibrated probability with which it is given; null without a target, and where it is never given")
            @Nullable Double threshold,

            @JsonPropertyDescription("Whether it reaches the target on validation; null without one") @Nullable Boolean reached,

            @JsonPropertyDescription("Why it does not, or how little that says; null for nothing to note") @Nullable String note) {

        ClassDecision with(DecisionTarget target, double value, SplitReport.ClassRates rates) {
            boolean given = value < Thresholds.NEVER;
            return new ClassDecision(
                    label,
                    trainingShare,
                    prior,
                    validationSamples,
                    given ? (Double) value : null,
                    target.isReached(rates),
                    Decision.note(target, rates, given));
        }
    }

    /** A split with what temperature scaling does on it. */
    public record Scaled(SplitLogits logits, BeforeAfter nll, BeforeAfter ece) {}

    /** What is fitted and never changes for a version. */
    private record Fitted(List<String> labels, double[] trainingShares, double[] prior, CalibratedSplit validation) {}

    public Decision {
        logitShift = logitShift == null ? null : List.copyOf(logitShift);
        classes = List.copyOf(classes);
        warnings = List.copyOf(warnings);
    }

    /**
     * Fits prior and thresholds.
     *
     * @param calibrator with the temperature fitted on the validation samples
     * @param trainingShares of each class in what training saw, sum 1
     * @param expectedPrior what the loss says about the prior, above 0, sum 1; see {@link ClassPrior}
     * @param target null for no thresholds
     * @param splits validation first
     */
    public static Decision fit(
            List<String> labels,
            Calibrator calibrator,
            double[] trainingShares,
            double[] expectedPrior,
            @Nullable DecisionTarget target,
            List<Scaled> splits) {
        var validation = CalibratedSplit.of(splits.get(0).logits(), calibrator);
        var fitted = new Fitted(labels, trainingShares, ClassPrior.fit(validation, expectedPrior), validation);
        var thresholds = target == null ? null : target.fit(validation);
        var ones = new double[labels.size()];
        Arrays.fill(ones, 1);
        var reports = new LinkedHashMap<String, SplitReport>();
        for (var split : splits) {
            var samples = split == splits.get(0) ? validation : CalibratedSplit.of(split.logits(), calibrator);
            var uniform = CalibratedSplit.of(split.logits(), calibrator.under(ones, fitted.prior()));
            reports.put(split.logits().split(), report(split, samples, uniform, labels, thresholds));
        }
        return new Decision(
                calibrator.temperature(),
                listed(calibrator.logitShift()),
                target == null ? null : ChosenTarget.of(target),
                thresholds == null ? null : thresholds.chosenBy(),
                classes(fitted, target, thresholds, Objects.requireNonNull(reports.get("validation"))),
                reports,
                warnings(calibrator.temperature(), validation));
    }

    private static @Nullable List<Float> listed(float @Nullable [] values) {
        return values == null
                ? null
                : IntStream.range(0, values.length).mapToObj(k -> values[k]).toList();
    }

    private static SplitReport report(
            Scaled split,
            CalibratedSplit samples,
            CalibratedSplit uniform,
            List<String> labels,
            @Nullable Thresholds thresholds) {
        var before = Measured.likeliest(samples);
        return new SplitReport(
                samples.count(),
                split.nll(),
                split.ece(),
                new BeforeAfter(
                        before.balancedAccuracy(), Measured.likeliest(uniform).balancedAccuracy()),
                thresholds == null
                        ? null
                        : Measured.decided(samples, thresholds).comparedWith(before, labels));
    }

    private static List<ClassDecision> classes(
            Fitted fitted, @Nullable DecisionTarget target, @Nullable Thresholds thresholds, SplitReport validation) {
        var members = fitted.validation().members();
        var decided = validation.decided();
        var classes = new ArrayList<ClassDecision>();
        for (int k = 0; k < members.length; k++) {
            var undecided = new ClassDecision(
                    fitted.labels().get(k),
                    fitted.trainingShares()[k],
                    fitted.prior()[k],
                    members[k].length,
                    null,
                    null,
                    null);
            classes.add(
                    target == null || thresholds == null || decided == null
                            ? undecided
                            : undecided.with(
                                    target,
                                    thresholds.values()[k],
                                    decided.perClass().get(k)));
        }
        return classes;
    }

    private static @Nullable String note(DecisionTarget target, SplitReport.ClassRates rates, boolean given) {
        var name = Catalogue.nameOf(target);
        if (rates.support() == 0) {
            return "no validation samples: its threshold can't be fitted, and it is never given";
        }
        if (!given) {
            return "no threshold has %s %s on validation: it is never given".formatted(name, target.atLeast());
        }
        if (!target.isReached(rates)) {
            return "%s %s can't be reached while the other classes reach it: it has what they leave"
                    .formatted(name, target.atLeast());
        }
        long count = target.count(rates);
        double needed = Math.log(ERROR) / Math.log(target.atLeast());
        return count >= needed
                ? null
                : "%d %s: too few to say that %s %s will be reached on others, %s"
                        .formatted(
                                count,
                                target.counted(),
                                name,
                                target.atLeast(),
                                Double.isInfinite(needed)
                                        ? "which no number can show"
                                        : "which takes %d, all of them right".formatted((long) Math.ceil(needed)));
    }

    private static List<String> warnings(double temperature, CalibratedSplit validation) {
        var warnings = new ArrayList<String>();
        if (validation.count() < FEW) {
            warnings.add("fitted on %d validation samples, too few to rely on: train with a larger validationFraction"
                    .formatted(validation.count()));
        }
        long empty = Arrays.stream(validation.members())
                .filter(members -> members.length == 0)
                .count();
        if (empty > 0) {
            warnings.add("%d classes have no validation samples: nothing is known about them but what training saw"
                    .formatted(empty));
        }
        if (temperature == Calibrator.LEAST) {
            warnings.add(
                    "the temperature is the least that is looked for: no validation sample is wrong, so that nothing says how unsure to be");
        }
        if (temperature == Calibrator.MOST) {
            warnings.add(
                    "the temperature is the greatest that is looked for: on validation the network's confidence says nothing");
        }
        return warnings;
    }

    /** From logits to calibrated probabilities. */
    public Calibrator calibrator() {
        float[] shift = null;
        if (logitShift != null) {
            shift = new float[logitShift.size()];
            for (int k = 0; k < shift.length; k++) {
                shift[k] = logitShift.get(k);
            }
        }
        return new Calibrator(temperature, shift);
    }

    /** The prior that the calibrated probabilities stand for. */
    public double[] prior() {
        return classes.stream().mapToDouble(ClassDecision::prior).toArray();
    }

    /** The thresholds; null where the version has no target. */
    public @Nullable Thresholds thresholds() {
        return chosenBy == null
                ? null
                : new Thresholds(
                        chosenBy,
                        classes.stream()
                                .mapToDouble(each -> each.threshold() == null ? Thresholds.NEVER : each.threshold())
                                .toArray());
    }
}
