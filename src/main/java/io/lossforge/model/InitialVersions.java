package io.lossforge.model;

import io.lossforge.job.InitialModel;
import io.lossforge.job.InitialModels;
import io.lossforge.job.PredictingModel;
import io.lossforge.job.PredictingModels;
import io.lossforge.web.ApiException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Versions that jobs start from, those that jobs made here, and versions that jobs run, all. */
@Component
class InitialVersions implements InitialModels, PredictingModels {

    private final Models models;
    private final ModelVersions versions;

    InitialVersions(Models models, ModelVersions versions) {
        this.models = models;
        this.versions = versions;
    }

    @Override
    @Transactional
    public InitialModel resolve(String reference) {
        var version = held(reference);
        var architecture = version.architecture();
        var weights = version.weightsSha256();
        if (architecture == null || weights == null) {
            throw new ApiException(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "unprocessable",
                    "%s can't be started from: which layers it has is not known; choose a version that a job made"
                            .formatted(version.reference()),
                    List.of());
        }
        return new InitialModel(
                version.id(), version.reference(), architecture, version.inputKind(), version.inputShape(), weights);
    }

    @Override
    @Transactional
    public PredictingModel predicting(String reference) {
        var version = held(reference);
        return new PredictingModel(
                version.id(), version.reference(), version.classes(), version.inputKind(), version.inputShape());
    }

    private ModelVersion held(String reference) {
        var version = models.resolve(reference);
        if (versions.hold(version.id()).isEmpty()) {
            throw UnknownModel.version(version.model(), version.version(), models.newestNumbers(version.model()));
        }
        return version;
    }
}
