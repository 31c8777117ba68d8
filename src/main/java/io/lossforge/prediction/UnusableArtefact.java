package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import java.util.List;
import org.springframework.http.HttpStatus;

/** 500 {@code artefact-unusable}: the ONNX file of a version is missing or not what was registered. The log says more. */
class UnusableArtefact extends ApiException {

    private static final long serialVersionUID = 1L;

    UnusableArtefact(String version) {
        super(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "artefact-unusable",
                version + " can't be loaded: its artefact is missing or damaged",
                List.of());
    }
}
