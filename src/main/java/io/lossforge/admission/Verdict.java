package io.lossforge.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an examination came to: one of the two.
 *
 * @param refused why the file can't be taken
 */
record Verdict(@Nullable Accepted accepted, @Nullable Refused refused) {

    /**
     * The file was given the interface of an artefact and has run with it.
     *
     * @param inputKind {@code images} or {@code features}
     * @param inputShape {@code [channels, height, width]} or {@code [features]}
     * @param servingTransform {@code softmax} or {@code sigmoid}
     */
    record Accepted(
            List<String> labels,
            String inputKind,
            List<Integer> inputShape,
            String servingTransform,
            Findings findings) {

        Accepted {
            labels = List.copyOf(labels);
            inputShape = List.copyOf(inputShape);
        }
    }

    record Refused(String pointer, String detail) {}
}
