package io.lossforge.job;

import io.lossforge.web.ApiException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** 409 {@code illegal-job-state}: a job was asked for something that its state does not allow. */
class IllegalMove extends ApiException {

    private static final long serialVersionUID = 1L;

    IllegalMove(@Nullable UUID job, JobState state, JobState next) {
        this("job %s: %s cannot become %s".formatted(job, state, next));
    }

    IllegalMove(String message) {
        super(HttpStatus.CONFLICT, "illegal-job-state", message, List.of());
    }
}
