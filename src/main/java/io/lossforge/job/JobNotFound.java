package io.lossforge.job;

import io.lossforge.web.ApiException;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;

/** 404 {@code job-not-found}. */
public class JobNotFound extends ApiException {

    private static final long serialVersionUID = 1L;

    private JobNotFound(String message) {
        super(HttpStatus.NOT_FOUND, "job-not-found", message, List.of());
    }

    /** There is no job with the id. */
    public static JobNotFound of(UUID id) {
        return new JobNotFound("job %s is not there".formatted(id));
    }
}
