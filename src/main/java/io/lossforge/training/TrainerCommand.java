package io.lossforge.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a trainer process is told: one JSON line each on its standard input. End of input means {@link Cancel}: nobody supervises it any more. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainerCommand.Run.class, name = "run"),
    @JsonSubTypes.Type(value = TrainerCommand.Stop.class, name = "stop"),
    @JsonSubTypes.Type(value = TrainerCommand.Cancel.class, name = "cancel")
})
public sealed interface TrainerCommand {

    /**
     * Trains one job, then exits.
     *
     * @param job id, for messages and the artefact's metadata
     * @param attempt from 1
     * @param spec a complete {@link TrainingSpec} as JSON
     * @param dataset directory of the packed dataset
     * @param output directory for the artefact and checkpoints; exists and is empty, or holds the checkpoints to resume from
     * @param threads threads of the engine, recorded because other numbers give other bits
     * @param device {@code cpu} or {@code gpu}
     * @param checkpointInterval least time between two checkpoints; null for 30 s
     * @param initialModel ONNX file of the model version that the specification names; null if it names none
     */
    record Run(
            String job,
            int attempt,
            ObjectNode spec,
            String dataset,
            String output,
            int threads,
            String device,
            @Nullable Duration checkpointInterval,
            @Nullable String initialModel)
            implements TrainerCommand {

        /** With a checkpoint every 30 s, and new weights. */
        public Run(
                String job, int attempt, ObjectNode spec, String dataset, String output, int threads, String device) {
            this(job, attempt, spec, dataset, output, threads, device, null, null);
        }
    }

    /** Write a checkpoint, say {@link TrainerEvent.Stopped}, exit: the job goes on elsewhere. */
    record Stop() implements TrainerCommand {}

    /** Say {@link TrainerEvent.Stopped}, exit: the job is not wanted any more. */
    record Cancel() implements TrainerCommand {}
}
