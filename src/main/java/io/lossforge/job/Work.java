package io.lossforge.job;

import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainingSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a job does, and what follows from that alone. All else of a job is the same whatever it does. */
public enum Work {
    /** Trains a network, by a {@link TrainingSpec}. */
    TRAINING("training") {
        @Override
        @Nullable Duration deadline(ObjectNode spec) {
            return Catalogues.JSON.read(TrainingSpec.class, spec).deadline();
        }

        @Override
        String model(ObjectNode spec) {
            return "the model that it starts from, " + spec.path("initialModel").asString("");
        }

        @Override
        String place(TrainerEvent.Progress now, ObjectNode spec) {
            return "epoch %d of %d".formatted(now.epoch(), now.epochs());
        }
    },
    /** Runs a model version over samples, by a {@link BatchSpec}. */
    BATCH_PREDICTION("batch-prediction") {
        @Override
        @Nullable Duration deadline(ObjectNode spec) {
            return BatchSpec.of(spec).deadline();
        }

        @Override
        String model(ObjectNode spec) {
            return "the model that it runs, " + spec.path("model").asString("");
        }

        @Override
        String place(TrainerEvent.Progress now, ObjectNode spec) {
            long samples = spec.path("samples").asLong(0);
            return "%,d of %,d samples".formatted(Math.round(now.progress() * samples), samples);
        }
    };

    private final String json;

    Work(String json) {
        this.json = json;
    }

    /** As the interface says it. */
    String json() {
        return json;
    }

    /** As the interface says them, all. */
    static List<String> names() {
        return Arrays.stream(values()).map(Work::json).toList();
    }

    /** Time from submission after which the job fails; null for none. */
    abstract @Nullable Duration deadline(ObjectNode spec);

    /** The model version that the job needs, for people. */
    abstract String model(ObjectNode spec);

    /** Where a running job is, for people. */
    abstract String place(TrainerEvent.Progress now, ObjectNode spec);
}
