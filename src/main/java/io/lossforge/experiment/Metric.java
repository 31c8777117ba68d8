package io.lossforge.experiment;

import io.lossforge.training.Evaluation;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a report says of each job's test split. The first is the one that verdicts are about. */
enum Metric {
    BALANCED_ACCURACY(
            "balancedAccuracy",
            "balanced accuracy",
            true,
            (of, counts) -> of.test().balancedAccuracy()),
    MACRO_F1("macroF1", "macro F1", true, (of, counts) -> of.test().macroF1()),
    WORST_CLASS_RECALL(
            "worstClassRecall",
            "worst-class recall",
            true,
            (of, counts) -> of.test().worstClassRecall()),
    MANY_SHOT_RECALL(
            "manyShotRecall", "many-shot recall", true, (of, counts) -> meanRecall(of.test(), counts, Metric::isMany)),
    MEDIUM_SHOT_RECALL(
            "mediumShotRecall",
            "medium-shot recall",
            true,
            (of, counts) -> meanRecall(of.test(), counts, count -> !isMany(count) && !isFew(count))),
    FEW_SHOT_RECALL(
            "fewShotRecall", "few-shot recall", true, (of, counts) -> meanRecall(of.test(), counts, Metric::isFew)),
    ACCURACY("accuracy", "accuracy", true, (of, counts) -> of.test().accuracy()),
    AUROC("auroc", "AUROC", true, (of, counts) -> of.test().auroc()),
    AUPRC("auprc", "AUPRC", true, (of, counts) -> of.test().auprc()),
    NLL("nll", "NLL", false, (of, counts) -> of.test().nll()),
    BRIER("brier", "Brier", false, (of, counts) -> of.test().brier()),
    ECE("ece", "ECE", false, (of, counts) -> of.test().ece()),
    SCALED_ECE(
            "scaledEce",
            "ECE after temperature scaling",
            false,
            (of, counts) -> of.test().scaledEce()),
    RELATIVE_GAP("relativeGap", "relative multi-modality gap", false, (of, counts) -> of.relativeGap());

    /** Classes with more training samples than this are many-shot: Liu et al., Large-Scale Long-Tailed Recognition, CVPR 2019. */
    static final int MANY_ABOVE = 100;

    /** Classes with fewer training samples than this are few-shot. */
    static final int FEW_BELOW = 20;

    private final String key;
    private final String title;
    private final boolean higherIsBetter;
    private final Reading reading;

    Metric(String key, String title, boolean higherIsBetter, Reading reading) {
        this.key = key;
        this.title = title;
        this.higherIsBetter = higherIsBetter;
        this.reading = reading;
    }

    private interface Reading {
        @Nullable Double of(JobResult result, List<Long> trainingCounts);
    }

    /** Name in JSON and CSV. */
    String key() {
        return key;
    }

    /** Name for people. */
    String title() {
        return title;
    }

    boolean isHigherBetter() {
        return higherIsBetter;
    }

    /** Whether it is 0–1 and shown in percent. */
    boolean isRate() {
        return this != NLL && this != BRIER && this != RELATIVE_GAP;
    }

    /**
     * The value of one job.
     *
     * @param trainingCounts samples of each class that the job trained on
     * @return null where the split or the dataset has no such value
     */
    @Nullable Double of(JobResult result, List<Long> trainingCounts) {
        return reading.of(result, trainingCounts);
    }

    /** Why a job may have no value. */
    String reasonOfAbsence() {
        return switch (this) {
            case MANY_SHOT_RECALL -> "no class has more than %d training samples".formatted(MANY_ABOVE);
            case MEDIUM_SHOT_RECALL -> "no class has %d to %d training samples".formatted(FEW_BELOW, MANY_ABOVE);
            case FEW_SHOT_RECALL -> "no class has fewer than %d training samples".formatted(FEW_BELOW);
            case AUROC, AUPRC -> "the test split has no class with both kinds of samples, or is too large";
            case SCALED_ECE -> "there is no validation split to find a temperature by";
            case RELATIVE_GAP -> "no class has non-target probability to have a gap in, or the job was not analysed";
            default -> "no job of the combination has succeeded";
        };
    }

    private static boolean isMany(long count) {
        return count > MANY_ABOVE;
    }

    private static boolean isFew(long count) {
        return count < FEW_BELOW;
    }

    private static @Nullable Double meanRecall(Evaluation of, List<Long> counts, LongPredicate group) {
        var recalls = IntStream.range(0, of.perClass().size())
                .filter(k -> group.test(counts.get(k)) && of.perClass().get(k).support() > 0)
                .mapToDouble(k -> of.perClass().get(k).recall())
                .average();
        return recalls.isPresent() ? recalls.getAsDouble() : null;
    }
}
