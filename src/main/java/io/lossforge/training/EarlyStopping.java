package io.lossforge.training;

import io.lossforge.catalogue.Parameter;

/**
 * Ends training when a validation metric no longer improves, and keeps the weights of its best epoch.
 *
 * @param metric the validation metric watched
 * @param patience epochs without improvement that are waited for
 */
public record EarlyStopping(
        @Parameter("validation metric watched") Metric metric,

        @Parameter(value = "epochs without improvement that are waited for", min = 1, max = 10_000)
        int patience) {

    /** A validation metric that can be watched. */
    public enum Metric {
        LOSS,
        ACCURACY,
        BALANCED_ACCURACY,
        MACRO_F1,
        WORST_CLASS_RECALL
    }

    public EarlyStopping() {
        this(Metric.BALANCED_ACCURACY, 5);
    }
}
