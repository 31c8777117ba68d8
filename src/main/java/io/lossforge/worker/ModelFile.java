package io.lossforge.worker;

import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.model.UnknownModel;
import io.lossforge.storage.Storage;
import java.nio.file.Path;

/** The ONNX file of a model version as a local file. */
final class ModelFile {

    private ModelFile() {}

    /**
     * Copies it.
     *
     * @param what the model is for the job, such as {@code initial model}
     * @param reference {@code name:version}
     * @throws UnusableModel if it is gone or damaged
     * @throws java.io.UncheckedIOException if the storage is away
     */
    static ModelVersion fetch(String what, String reference, Models models, Storage storage, Path file) {
        try {
            var version = models.resolve(reference);
            if (LocalCopy.make(storage, version.artefactKey(), version.artefactSha256(), file)) {
                return version;
            }
        } catch (UnknownModel e) {
            throw new UnusableModel("the %s %s was deleted".formatted(what, reference));
        }
        throw new UnusableModel("the file of the %s %s is gone or damaged".formatted(what, reference));
    }
}
