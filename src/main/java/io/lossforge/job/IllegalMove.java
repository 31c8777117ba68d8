package io.lossforge.job;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job was asked for something that its state does not allow. */
class IllegalMove extends RuntimeException {

    private static final long serialVersionUID = 1L;

    IllegalMove(@Nullable UUID job, JobState state, JobState next) {
        super("job %s: %s cannot become %s".formatted(job, state, next));
    }

    IllegalMove(String message) {
        super(message);
    }
}
