package io.lossforge.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the process of a job is told: one JSON line each on its standard input. End of input means {@link Cancel}: nobody supervises it any more. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainerCommand.Run.class, name = "run"),
    @JsonSubTypes.Type(value = TrainerCommand.Predict.class, name = "predict"),
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

    /**
     * Runs an ONNX file on samples, then exits: for {@code io.lossforge.inference.Predictor}.
     *
     * @param job id, for messages
     * @param model ONNX file
     * @param classes names, in the order of its outputs
     * @param samples directory of a packed dataset, or of samples that were sent with the job
     * @param split {@code train}, {@code test} or {@code all} of a packed dataset; {@code upload} of samples that were sent
     * @param output directory for the result; exists and is empty
     * @param format {@code csv} or {@code jsonl}
     * @param topK classes named for each sample
     * @param probabilities whether the probability of every class is written
     * @param threads runs of the network at a time
     */
    record Predict(
            String job,
            String model,
            List<String> classes,
            String samples,
            String split,
            String output,
            String format,
            int topK,
            boolean probabilities,
            int threads)
            implements TrainerCommand {}

    /** Write a checkpoint, say {@link TrainerEvent.Stopped}, exit: the job goes on elsewhere. */
    record Stop() implements TrainerCommand {}

    /** Say {@link TrainerEvent.Stopped}, exit: the job is not wanted any more. */
    record Cancel() implements TrainerCommand {}
}
