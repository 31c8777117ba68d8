package io.lossforge.training;

import org.jspecify.annotations.Nullable;

/** Why a job can't go on, in words for the person who submitted it: no path, no stack trace, and what to try. */
final class TrainingFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The reasons of {@link TrainerEvent.Failed}. */
    enum Reason {
        DIVERGED("diverged"),
        ERROR("error"),
        OUT_OF_MEMORY("out_of_memory");

        private final String code;

        Reason(String code) {
            this.code = code;
        }
    }

    private final Reason reason;
    private final @Nullable Long step;

    TrainingFailure(Reason reason, String message, @Nullable Long step) {
        super(message);
        this.reason = reason;
        this.step = step;
    }

    TrainerEvent.Failed event() {
        return new TrainerEvent.Failed(reason.code, String.valueOf(getMessage()), step);
    }
}
