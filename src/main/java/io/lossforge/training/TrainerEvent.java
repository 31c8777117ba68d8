package io.lossforge.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lossforge.analysis.Analysis;
import io.lossforge.analysis.ClassMatrix;
import io.lossforge.decision.Decision;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the process of a job says: one JSON line each on its standard output. A line that is no event belongs to the log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainerEvent.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = TrainerEvent.Started.class, name = "started"),
    @JsonSubTypes.Type(value = TrainerEvent.Progress.class, name = "progress"),
    @JsonSubTypes.Type(value = TrainerEvent.Metrics.class, name = "metric"),
    @JsonSubTypes.Type(value = TrainerEvent.Checkpoint.class, name = "checkpoint"),
    @JsonSubTypes.Type(value = TrainerEvent.Finished.class, name = "finished"),
    @JsonSubTypes.Type(value = TrainerEvent.Predicting.class, name = "predicting"),
    @JsonSubTypes.Type(value = TrainerEvent.Predicted.class, name = "predicted"),
    @JsonSubTypes.Type(value = TrainerEvent.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = TrainerEvent.Stopped.class, name = "stopped")
})
public sealed interface TrainerEvent {

    /**
     * Bytes of the longest event of a job, from above: {@link Finished}, with three confusion matrices and, up to
     * {@link ClassMatrix#MOST_WHOLE} classes, four matrices of rates for each of three splits; with more classes a confusion matrix is nearly all zeros.
     *
     * @param classes of the dataset
     * @return at most 256 MiB
     */
    static int longest(int classes) {
        long cells = (long) classes * classes;
        long matrices = classes <= ClassMatrix.MOST_WHOLE ? 400 * cells : 12 * cells;
        return (int) Math.min(256 << 20, (64 << 10) + (32L << 10) * classes + matrices);
    }

    /** The engine is loaded and warm; the process waits for {@link TrainerCommand.Run}. */
    record Ready(long pid, String engine, int gpus) implements TrainerEvent {}

    /**
     * Data and network are in place; the first step comes next.
     *
     * @param device {@code cpu} or {@code gpu}
     * @param parameters trainable values of the network
     * @param trainingSha256 hash of the positions, in the dataset's training split, of the samples trained on; hex
     * @param trainingCounts samples of each class that are trained on
     * @param validationCounts samples of each class that are validated on
     * @param resumed where training goes on; null if it starts from the beginning
     * @param warnings what was wrong with the checkpoints that were there, and what was not taken over from the initial model, for people
     */
    record Started(
            String device,
            String deviceName,
            int threads,
            long parameters,
            long trainingCount,
            long validationCount,
            long testCount,
            long stepsPerEpoch,
            long totalSteps,
            String trainingSha256,
            List<Long> trainingCounts,
            List<Long> validationCounts,
            @Nullable Resumption resumed,
            List<String> warnings)
            implements TrainerEvent {}

    /**
     * The checkpoint that an attempt goes on from.
     *
     * @param epoch the running one, from 1; one more than the last when all are done
     * @param step steps taken
     * @param points metric points that were measured until it: the next one is the first after them
     */
    record Resumption(int epoch, long step, long points) {}

    /**
     * Where training is. Sent after the first step, then at most once a second and at each end of an epoch.
     *
     * @param epoch the running one, from 1
     * @param step steps taken
     * @param progress 0–1
     * @param remainingSeconds estimate to the end of the job
     */
    record Progress(
            int epoch,
            int epochs,
            long step,
            long totalSteps,
            double progress,
            double imagesPerSecond,
            double remainingSeconds)
            implements TrainerEvent {}

    /** Values measured, in order. */
    record Metrics(List<MetricPoint> points) implements TrainerEvent {}

    /**
     * A checkpoint is whole on disk. The last two stay there.
     *
     * @param file name inside the output directory
     * @param epoch the running one, from 1; one more than the last when all are done
     * @param step steps taken
     * @param progress 0–1
     * @param points metric points said until it
     * @param sha256 of the file, hex
     */
    record Checkpoint(String file, int epoch, long step, double progress, long points, String sha256, long bytes)
            implements TrainerEvent {}

    /**
     * A file beside the artefact.
     *
     * @param file name inside the output directory
     * @param sha256 hex
     */
    record OutputFile(String file, String sha256, long bytes) {}

    /**
     * The job is done and its artefact whole on disk.
     *
     * @param artefact name of the ONNX file inside the output directory
     * @param artefactSha256 hex
     * @param outputs {@link Outputs}
     * @param evaluations by split: {@code train}, {@code validation}, {@code test} as far as they exist
     * @param analyses learning-property analyses, by split likewise; none with too many classes
     * @param decision temperature, prior and thresholds; null without a validation split
     * @param epoch the epoch whose weights the artefact holds
     * @param weightsSha256 hash of all weights and buffers, hex: equal for a repeated run
     */
    record Finished(
            String artefact,
            String artefactSha256,
            long artefactBytes,
            OutputFile outputs,
            Map<String, Evaluation> evaluations,
            Map<String, Analysis> analyses,
            @Nullable Decision decision,
            int epoch,
            long step,
            double trainingSeconds,
            String weightsSha256)
            implements TrainerEvent {}

    /**
     * Samples and network of a batch prediction are in place.
     *
     * @param threads runs of the network at a time
     * @param samples to be predicted
     * @param batchSize samples of one run
     */
    record Predicting(String deviceName, int threads, long samples, int batchSize) implements TrainerEvent {}

    /**
     * The batch prediction is done and its result whole on disk.
     *
     * @param result a row for each sample, gzipped
     * @param samples rows
     * @param evaluation null unless every sample has a label that the model knows
     * @param correct name of the file inside the output directory that says which samples are right, one bit each, the first in the lowest bit of
     *     the first byte; null likewise
     */
    record Predicted(
            OutputFile result,
            long samples,
            @Nullable Evaluation evaluation,
            @Nullable String correct) implements TrainerEvent {}

    /**
     * The job can't go on.
     *
     * @param reason {@code diverged}, {@code error}, {@code out_of_memory}, or {@code io} where files can't be read or written
     * @param message what happened, at which step, and what to try; no path, no stack trace
     */
    record Failed(String reason, String message, @Nullable Long step) implements TrainerEvent {}

    /** It ended because it was told to. */
    record Stopped(@Nullable Long step) implements TrainerEvent {}
}
