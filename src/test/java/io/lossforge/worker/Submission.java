package io.lossforge.worker;

import java.util.UUID;

/**
 * A job that somebody submitted, and what its owner wants with it besides.
 *
 * @param from progress at which the owner asks for it
 */
record Submission(UUID id, Workload workload, Wish wish, double from) {

    enum Wish {
        NOTHING,
        /** Paused once, and resumed as soon as that is so. */
        PAUSE,
        CANCEL,
        /** Makes room for others. */
        PREEMPTIBLE,
        /** Wants room. */
        URGENT
    }
}
