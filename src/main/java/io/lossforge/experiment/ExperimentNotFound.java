package io.lossforge.experiment;

import io.lossforge.web.ApiException;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;

/** 404 {@code experiment-not-found}. */
class ExperimentNotFound extends ApiException {

    private static final long serialVersionUID = 1L;

    ExperimentNotFound(UUID id) {
        super(HttpStatus.NOT_FOUND, "experiment-not-found", "experiment %s is not there".formatted(id), List.of());
    }
}
