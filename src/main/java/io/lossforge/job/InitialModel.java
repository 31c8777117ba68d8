package io.lossforge.job;

import io.lossforge.catalogue.Violation;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model version that a job starts from.
 *
 * @param reference {@code name:version}, which never means another one
 * @param architecture as in a specification
 * @param inputKind {@code images} or {@code features}
 * @param inputShape {@code [channels, height, width]} of an image or {@code [features]}
 * @param weightsSha256 hash of all its weights and buffers, hex
 */
public record InitialModel(
        UUID id,
        String reference,
        ObjectNode architecture,
        String inputKind,
        List<Integer> inputShape,
        String weightsSha256) {

    /** Why a job on that dataset can't start from it; empty if it can. */
    Optional<Violation> obstacle(TrainingSpec spec, DatasetVersion dataset) {
        if (!inputKind.equals(dataset.kind()) || !inputShape.equals(dataset.shape())) {
            return Optional.of(new Violation(
                    "/initialModel",
                    "%s takes %s of %s, but %s has %s of %s: choose a model or a dataset of the same input"
                            .formatted(
                                    reference,
                                    inputKind,
                                    inputShape,
                                    dataset.reference(),
                                    dataset.kind(),
                                    dataset.shape())));
        }
        var json = Catalogues.JSON.write(spec);
        var wanted = json.path("architecture");
        var taken = Catalogues.JSON.read(TrainingSpec.class, json.deepCopy().set("architecture", architecture));
        return taken.architecture().equals(spec.architecture())
                ? Optional.empty()
                : Optional.of(new Violation(
                        "/architecture",
                        "must be that of the initial model %s, %s, was %s: leave it out to take that"
                                .formatted(reference, architecture, wanted)));
    }
}
