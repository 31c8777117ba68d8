package io.lossforge.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sender says about a file.
 *
 * @param labels of the classes, in the order of the output; empty where the file's own metadata has them
 * @param layout {@code NCHW} or {@code NHWC}; null where the shape tells
 * @param scale what a pixel of 0–255, or a feature, is multiplied by first; null for nothing said
 * @param mean subtracted next: one, or one per channel or feature; empty for none
 * @param std divided by last: likewise
 * @param logits name of the output that gives logits; null if none does, or it has this name
 * @param probabilities name of the output that gives probabilities; likewise
 * @param activation how logits become probabilities; null where the file's own metadata says, else softmax
 */
record Declaration(
        List<String> labels,
        @Nullable Layout layout,
        @Nullable Double scale,
        List<Double> mean,
        List<Double> std,
        @Nullable String logits,
        @Nullable String probabilities,
        @Nullable Activation activation) {

    /** In which order the file takes the axes of images; the service's own is {@link #NCHW}. */
    enum Layout {
        NCHW,
        NHWC
    }

    /** How logits become probabilities. */
    enum Activation {
        SOFTMAX("softmax"),
        SIGMOID("sigmoid");

        private final String json;

        Activation(String json) {
            this.json = json;
        }

        /** As a version's {@code servingTransform} has it. */
        String json() {
            return json;
        }
    }

    Declaration {
        labels = List.copyOf(labels);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** The same with labels and activation that are settled. */
    Declaration with(List<String> labels, Activation activation) {
        return new Declaration(labels, layout, scale, mean, std, logits, probabilities, activation);
    }
}
