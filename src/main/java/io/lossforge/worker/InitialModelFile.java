package io.lossforge.worker;

import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The ONNX file of the model version that a job starts from, for its trainer.
 *
 * @param path null if the job starts with new weights
 */
record InitialModelFile(@Nullable Path path) {

    /**
     * Copies it into a directory.
     *
     * @throws UnusableModel if it is gone or damaged
     * @throws java.io.UncheckedIOException if the storage is away
     */
    static InitialModelFile fetch(JobRun run, Models models, Storage storage, Path directory) {
        var reference =
                Catalogues.JSON.read(TrainingSpec.class, run.job().spec()).initialModel();
        if (reference == null) {
            return new InitialModelFile(null);
        }
        var file = directory.resolve("initial.onnx");
        ModelFile.fetch("initial model", reference, models, storage, file);
        return new InitialModelFile(file);
    }
}
