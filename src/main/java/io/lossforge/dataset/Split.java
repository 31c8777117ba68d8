package io.lossforge.dataset;

import java.util.Locale;

/** The part of a dataset that a sample belongs to. */
enum Split {
    TRAIN,
    TEST;

    /** As in files and answers. */
    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
