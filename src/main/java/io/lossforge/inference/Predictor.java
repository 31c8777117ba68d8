package io.lossforge.inference;

import ai.onnxruntime.OrtException;
import io.lossforge.training.Commands;
import io.lossforge.training.Interruption;
import io.lossforge.training.JobProcess;
import io.lossforge.training.MalformedDataset;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that runs one batch prediction, with ONNX Runtime and without libtorch. It speaks as a trainer does: one
 * {@link TrainerCommand.Predict} comes in on standard input, events go out, and it exits with 0 whatever came of it. By hand:
 * {@code java -cp … io.lossforge.inference.Predictor < job.jsonl}.
 */
public final class Predictor {

    /** Address space, not memory: loading a model recurses deeper the longer the command line of the process is. */
    private static final long STACK_BYTES = 1L << 30;

    private final Consumer<TrainerEvent> events;
    private final Interruption interruption;
    private final Logger log = LoggerFactory.getLogger(Predictor.class);

    private Predictor(Consumer<TrainerEvent> events, Interruption interruption) {
        this.events = events;
        this.interruption = interruption;
    }

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        JobProcess.run((commands, events, interruption) -> {
            var thread = new Thread(
                    null, () -> new Predictor(events, interruption).serve(commands), "predictor", STACK_BYTES);
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void serve(Commands commands) {
        try {
            var first = commands.first();
            events.accept(
                    first instanceof TrainerCommand.Predict predict
                            ? predict(predict)
                            : new TrainerEvent.Stopped(null));
        } catch (IllegalArgumentException e) {
            log.error("the first line of standard input is no command; exiting", e);
            events.accept(new TrainerEvent.Failed("error", String.valueOf(e.getMessage()), null));
        }
    }

    private TrainerEvent predict(TrainerCommand.Predict job) {
        try {
            return new BatchRun(job, events, interruption).run();
        } catch (UnfitNetwork | MalformedDataset e) {
            log.error("job {} failed: {}", job.job(), e.getMessage());
            return new TrainerEvent.Failed("error", String.valueOf(e.getMessage()), null);
        } catch (OutOfMemoryError e) {
            log.error("job {} ran out of memory", job.job(), e);
            return outOfMemory();
        } catch (IOException e) {
            log.error("job {} can't read or write its files", job.job(), e);
            return new TrainerEvent.Failed(
                    "io",
                    "the predictor can't read or write its files, perhaps for want of disk space; the job's log says more",
                    null);
        } catch (OrtException e) {
            log.error("job {}: ONNX Runtime failed", job.job(), e);
            return isOutOfMemory(e)
                    ? outOfMemory()
                    : new TrainerEvent.Failed(
                            "error", "ONNX Runtime can't run the model; the job's log says more", null);
        } catch (RuntimeException | LinkageError e) {
            log.error("job {} failed unexpectedly", job.job(), e);
            return new TrainerEvent.Failed(
                    "error", "the predictor met an unexpected error; the job's log says more", null);
        }
    }

    private static TrainerEvent outOfMemory() {
        return new TrainerEvent.Failed("out_of_memory", "not enough memory to run the network on a batch", null);
    }

    /** The engine has no type of its own for it. */
    private static boolean isOutOfMemory(OrtException e) {
        var message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("failed to allocate memory") || message.contains("bad_alloc");
    }
}
