package io.lossforge.inference;

import org.jspecify.annotations.Nullable;

/**
 * What a network says of a batch.
 *
 * @param probabilities as served, {@code [samples][classes]} in one array
 * @param logits adjusted as the probabilities are, likewise; null where the network has no such output
 */
record Scores(int samples, float[] probabilities, float @Nullable [] logits) {

    /** What the classes are ranked by: probabilities may round to equal ones where logits differ. */
    float[] ranking() {
        return logits == null ? probabilities : logits;
    }
}
