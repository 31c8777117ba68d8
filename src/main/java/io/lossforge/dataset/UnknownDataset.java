package io.lossforge.dataset;

import io.lossforge.web.ApiException;
import java.util.List;
import org.springframework.http.HttpStatus;

/**
 * There is no such dataset, or no such version of it. Answered with 404 {@code dataset-not-found} unless caught; the message lists
 * the known ones and suggests the nearest.
 */
public class UnknownDataset extends ApiException {

    private static final long serialVersionUID = 1L;

    UnknownDataset(String message) {
        super(HttpStatus.NOT_FOUND, "dataset-not-found", message, List.of());
    }
}
