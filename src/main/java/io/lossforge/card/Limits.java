package io.lossforge.card;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sentences about what a version can't be relied on for, each from a number that is on the card. */
final class Limits {

    /** Below so many test samples the interval of a recall is wider than 0.3 even where it is near 1 or 0. */
    private static final int FEW_SAMPLES = 20;

    private static final double IMBALANCED = 10;
    private static final double MISCALIBRATED = 0.05;
    private static final int MOST_NAMED = 5;

    private final Facts facts;
    private final List<String> sentences = new ArrayList<>();

    private Limits(Facts facts) {
        this.facts = facts;
    }

    /**
     * What is known of a version.
     *
     * @param hasJob whether a job made it
     * @param hasRecord whether that job is still there
     */
    record Facts(
            List<String> classes,
            boolean hasJob,
            Card.@Nullable Data data,
            boolean hasRecord,
            List<Card.Evaluated> evaluations,
            Card.@Nullable LearningProperty analysis,
            Card.@Nullable Calibration calibration,
            boolean brought) {}

    static List<String> of(Facts facts) {
        var limits = new Limits(facts);
        limits.classes();
        limits.evaluation();
        limits.data();
        limits.calibration();
        limits.training();
        return limits.sentences;
    }

    /** What the card can't say, a phrase each. */
    static List<String> unknown(Facts facts) {
        var unknown = new ArrayList<String>();
        if (facts.data() == null) {
            unknown.add("the data that it was trained on");
        }
        if (!facts.hasRecord()) {
            unknown.add(
                    facts.hasJob()
                            ? "how it was trained: its job was deleted"
                            : "how it was trained, and with which loss");
        }
        if (facts.evaluations().isEmpty()) {
            unknown.add("how well it classifies");
        }
        if (facts.analysis() == null) {
            unknown.add("what its averaged probabilities say about its loss");
        }
        if (facts.calibration() == null) {
            unknown.add("whether its probabilities can be taken at their word");
        }
        return unknown;
    }

    private void classes() {
        say(
                "It answers one of its %d classes whatever it is shown; that a sample is of none of them it can't say.",
                facts.classes().size());
        if (facts.brought()) {
            say(
                    "It was trained elsewhere. That it can be run was checked here; what it was trained on, and how well it classifies,"
                            + " was not.");
        }
    }

    private void evaluation() {
        var test = facts.evaluations().stream()
                .filter(evaluation -> evaluation.split().equals("test"))
                .findFirst()
                .orElse(null);
        if (test == null) {
            if (!facts.brought()) {
                say(
                        facts.evaluations().isEmpty()
                                ? "No results are stored, so nothing here says how well it classifies."
                                : "It was not tested: its numbers are of validation samples, by which epochs may have been chosen.");
            }
            return;
        }
        say(
                "It was tested on %d samples of the dataset that it was trained on; nothing here is known of samples of another origin.",
                test.count());
        named(
                test,
                score -> score.support() == 0,
                "%s: no test samples, so nothing is known of how well they are found.");
        named(
                test,
                score -> score.support() > 0 && score.support() < FEW_SAMPLES,
                "%s: fewer than " + FEW_SAMPLES
                        + " test samples, so that recall and precision are known only roughly.");
        test.perClass().stream()
                .filter(score -> score.support() > 0)
                .min(Comparator.comparingDouble(Card.ClassScore::recall))
                .ifPresent(this::worst);
        noBetterThanGuessing(test);
    }

    private void worst(Card.ClassScore worst) {
        if (worst.recallLower() != null && worst.recallUpper() != null) {
            say(
                    "Worst found is %s: %s of its %d test samples (95 %% interval %s to %s).",
                    worst.className(),
                    percent(worst.recall()),
                    worst.support(),
                    percent(worst.recallLower()),
                    percent(worst.recallUpper()));
        }
    }

    private void noBetterThanGuessing(Card.Evaluated test) {
        var largest = test.perClass().stream()
                .max(Comparator.comparingLong(Card.ClassScore::support))
                .orElse(null);
        var accuracy = test.metrics().get("accuracy");
        if (largest != null && accuracy != null && test.count() > 0) {
            double share = (double) largest.support() / test.count();
            if (accuracy <= share) {
                say(
                        "It is right for %s of the test samples; who always answers %s is right for %s.",
                        percent(accuracy), largest.className(), percent(share));
            }
        }
    }

    private void named(Card.Evaluated test, Predicate<Card.ClassScore> which, String sentence) {
        var classes = test.perClass().stream().filter(which).toList();
        if (!classes.isEmpty()) {
            say(
                    sentence,
                    classes.stream()
                                    .limit(MOST_NAMED)
                                    .map(score -> "%s (%d)".formatted(score.className(), score.support()))
                                    .collect(Collectors.joining(", "))
                            + (classes.size() > MOST_NAMED
                                    ? " and %d more".formatted(classes.size() - MOST_NAMED)
                                    : ""));
        }
    }

    private void data() {
        var data = facts.data();
        if (data == null) {
            return;
        }
        if (data.imbalanceRatio() != null && data.imbalanceRatio() >= IMBALANCED) {
            var most = data.perClass().stream()
                    .max(Comparator.comparingLong(Limits::trained))
                    .orElseThrow();
            var least = data.perClass().stream()
                    .min(Comparator.comparingLong(Limits::trained))
                    .orElseThrow();
            say(
                    "It saw %s times as many training samples of %s (%d) as of %s (%d).",
                    number("%.0f", data.imbalanceRatio()),
                    most.className(),
                    trained(most),
                    least.className(),
                    trained(least));
        }
        data.warnings().stream()
                .limit(MOST_NAMED)
                .forEach(warning -> say("Of the dataset: %s.", warning.replaceFirst("\\.$", "")));
    }

    private static long trained(Card.ClassCount count) {
        return count.training() == null ? 0 : count.training();
    }

    private void calibration() {
        var calibration = facts.calibration();
        if (calibration == null) {
            return;
        }
        if (calibration.ece() >= MISCALIBRATED) {
            say(
                    "Its probabilities are %s points off on average (expected calibration error on %s)%s.",
                    number("%.1f", 100 * calibration.ece()),
                    calibration.split(),
                    calibration.scaledEce() == null
                            ? ""
                            : "; a temperature of %s would make it %s"
                                    .formatted(
                                            number(
                                                    "%.2f",
                                                    calibration.temperature() == null ? 1 : calibration.temperature()),
                                            number("%.1f", 100 * calibration.scaledEce())));
        }
        if (calibration.temperature() == null) {
            say(
                    "It was trained without a validation split: no temperature could be fitted, and nothing but the test split checked it.");
        }
    }

    private void training() {
        var analysis = facts.analysis();
        if (analysis != null && "NOT_CONVERGED".equals(analysis.verdict())) {
            say(
                    "Its training has not reached a minimum of its loss, so that what the loss promises about its errors does not hold yet.");
        }
        if (facts.hasRecord()) {
            say("It is one training run with one seed; how much another run would differ is not known from it.");
        }
    }

    private void say(String sentence, @Nullable Object... shown) {
        sentences.add(String.format(Locale.ROOT, sentence, shown));
    }

    private static String percent(double rate) {
        return number("%.1f %%", 100 * rate);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
