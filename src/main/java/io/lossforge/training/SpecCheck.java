package io.lossforge.training;

import ai.djl.ndarray.types.Shape;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.loss.ServingTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks a specification against the dataset it names. Needs neither the data nor the engine. */
public final class SpecCheck {

    private final TrainingSpec spec;
    private final List<Violation> violations = new ArrayList<>();

    private SpecCheck(TrainingSpec spec) {
        this.spec = spec;
    }

    /**
     * Everything that would make the job fail before its first step.
     *
     * @param shape of one sample: {@code [channels, height, width]} of images, {@code [features]} of features
     * @param kind {@code images} or {@code features}
     * @param classes names
     * @param trainCounts samples of each class in the dataset's training split
     * @return violations with pointers into the specification; empty if the job can run
     */
    public static List<Violation> check(
            TrainingSpec spec, List<Integer> shape, String kind, List<String> classes, List<Long> trainCounts) {
        var check = new SpecCheck(spec);
        var counts = trainCounts.stream().mapToLong(Long::longValue).toArray();
        check.network(shape, classes.size());
        check.augmentations(kind.equals(PackedDataset.Kind.IMAGES.json()));
        check.counts(classes, counts);
        check.logitAdjustment(counts);
        return List.copyOf(check.violations);
    }

    /**
     * Samples of each class that the job trains on: after imbalance, without the validation part.
     *
     * @param trainCounts samples of each class in the dataset's training split
     */
    public static List<Long> trainingCounts(TrainingSpec spec, List<Long> trainCounts) {
        var counts = trainCounts.stream().mapToLong(Long::longValue).toArray();
        return Arrays.stream(Splits.trainingCounts(spec.imbalance(), spec.validationFraction(), counts))
                .boxed()
                .toList();
    }

    /**
     * Samples of each class that imbalance leaves, to train and to validate on.
     *
     * @param trainCounts samples of each class in the dataset's training split
     * @throws IllegalArgumentException if the imbalance does not fit these classes
     */
    public static List<Long> keptCounts(TrainingSpec spec, List<Long> trainCounts) {
        var counts = trainCounts.stream().mapToLong(Long::longValue).toArray();
        return Arrays.stream(Splits.imbalancedCounts(spec.imbalance(), counts))
                .boxed()
                .toList();
    }

    /**
     * Numbers in the network that training can change.
     *
     * @param shape of one sample
     * @throws IllegalArgumentException if the architecture can't take such input
     */
    public static long parameterCount(TrainingSpec spec, List<Integer> shape, int classes) {
        return spec.network(shape(shape), classes).parameterCount();
    }

    private static Shape shape(List<Integer> sizes) {
        return new Shape(sizes.stream().mapToLong(Integer::longValue).toArray());
    }

    private void network(List<Integer> shape, int classes) {
        try {
            spec.network(shape(shape), classes);
        } catch (IllegalArgumentException e) {
            refuse("/architecture", e);
        }
    }

    private void augmentations(boolean images) {
        if (!images && !spec.augmentations().isEmpty()) {
            refuse("/augmentations", "change images, but the dataset has features: leave them out");
        }
    }

    private void counts(List<String> classes, long[] counts) {
        try {
            Splits.imbalancedCounts(spec.imbalance(), counts);
        } catch (IllegalArgumentException e) {
            refuse("/imbalance", e);
            return;
        }
        var training = Splits.trainingCounts(spec.imbalance(), spec.validationFraction(), counts);
        long samples = Arrays.stream(training).sum();
        if (spec.batchSize() > samples) {
            refuse(
                    "/batchSize",
                    "must be <= %d, the samples of the training split%s, was %d"
                            .formatted(samples, less(), spec.batchSize()));
        }
        long held =
                Arrays.stream(Splits.imbalancedCounts(spec.imbalance(), counts)).sum() - samples;
        if (spec.validationFraction() > 0 && held == 0) {
            refuse("/validationFraction", "leaves no class a sample to validate on: the training split is too small");
        }
        long present = Arrays.stream(training).filter(count -> count > 0).count();
        if (present < 2) {
            refuse("/dataset", "needs training samples of at least 2 classes, has %d".formatted(present));
        }
        try {
            spec.sampler().check(training, spec.batchSize());
        } catch (IllegalArgumentException e) {
            refuse("/sampler", e);
        }
        try {
            spec.classWeights().weights(training);
        } catch (IllegalArgumentException e) {
            refuse("/classWeights", e);
        }
        try {
            spec.loss().check(training);
        } catch (IllegalArgumentException e) {
            refuse("/loss", e);
        }
        if (spec.classWeights().startEpoch() > spec.epochs()) {
            refuse(
                    "/classWeights/startEpoch",
                    "must be <= %d, the epochs, was %d"
                            .formatted(spec.epochs(), spec.classWeights().startEpoch()));
        }
    }

    private void logitAdjustment(long[] counts) {
        var adjustment = spec.logitAdjustment();
        if (adjustment == null) {
            return;
        }
        var loss = Catalogue.nameOf(spec.loss());
        if (spec.loss().adjustsLogits()) {
            refuse(
                    "/logitAdjustment",
                    "would adjust twice: %s takes the class prior into account in training; leave it out or choose a loss such as softmax"
                            .formatted(loss));
            return;
        }
        var serving = spec.loss().servingTransform();
        if (!serving.equals(ServingTransform.SOFTMAX)) {
            refuse(
                    "/logitAdjustment",
                    "needs a loss that serves softmax, but %s serves %s; leave it out or choose a loss such as softmax"
                            .formatted(loss, serving.kind().json()));
            return;
        }
        try {
            adjustment.shift(Splits.trainingCounts(spec.imbalance(), spec.validationFraction(), counts));
        } catch (IllegalArgumentException e) {
            refuse("/logitAdjustment", e);
        }
    }

    private String less() {
        if (spec.imbalance() != null) {
            return spec.validationFraction() > 0
                    ? " after imbalance and without the validation part"
                    : " after imbalance";
        }
        return spec.validationFraction() > 0 ? " without the validation part" : "";
    }

    private void refuse(String pointer, IllegalArgumentException e) {
        if (e instanceof InvalidDocument invalid) {
            invalid.violations().forEach(inner -> refuse(pointer + inner.pointer(), inner.detail()));
            return;
        }
        refuse(pointer, String.valueOf(e.getMessage()));
    }

    private void refuse(String pointer, String detail) {
        violations.add(new Violation(pointer, detail));
    }
}
