package io.lossforge.training;

import io.lossforge.catalogue.Violation;
import java.util.ArrayList;
import java.util.List;

/** Checks a specification against the dataset it names. Needs neither the data nor the engine. */
public final class SpecCheck {

    private SpecCheck() {}

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
        var violations = new ArrayList<Violation>();
        return violations;
    }
}
