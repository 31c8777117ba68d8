package io.lossforge.training;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that trains one job: commands come in on standard input, events go out on standard output or where {@link JobProcess#EVENTS} says,
 * logs on standard error. It says {@code ready} once the engine is warm, takes one {@link TrainerCommand.Run}, and exits with 0 whatever came of it; another
 * status means that the process itself broke. By hand: {@code java -cp … io.lossforge.training.Trainer < job.jsonl}, where the end of
 * the file, unlike that of a pipe, does not cancel the job.
 */
public final class Trainer {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private final Consumer<TrainerEvent> events;
    private final Interruption interruption;
    private final Logger log = LoggerFactory.getLogger(Trainer.class);

    private Trainer(Consumer<TrainerEvent> events, Interruption interruption) {
        this.events = events;
        this.interruption = interruption;
    }

    /** Takes no arguments. The property {@code ai.djl.pytorch.num_threads} sets the threads for warming up; the job's own number holds after. */
    public static void main(String[] arguments) throws IOException {
        JobProcess.run((commands, events, interruption) -> new Trainer(events, interruption).serve(commands));
    }

    private void serve(Commands commands) {
        int threads = Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors());
        Libtorch.prepareThread(threads);
        var engine = Libtorch.engine();
        WarmUp.run(engine.defaultDevice());
        events.accept(new TrainerEvent.Ready(
                ProcessHandle.current().pid(),
                engine.getEngineName() + " " + engine.getVersion(),
                engine.getGpuCount()));
        TrainerCommand first;
        try {
            first = commands.first();
        } catch (IllegalArgumentException e) {
            log.error("the first line of standard input is no command; exiting", e);
            events.accept(new TrainerEvent.Failed("error", String.valueOf(e.getMessage()), null));
            return;
        }
        events.accept(first instanceof TrainerCommand.Run run ? run(run) : new TrainerEvent.Stopped(null));
    }

    private TrainerEvent run(TrainerCommand.Run run) {
        Fit fit = null;
        try {
            Libtorch.prepareThread(run.threads());
            fit = new Fit(Setup.of(run), events, interruption);
            return fit.run();
        } catch (TrainingFailure e) {
            log.error("job {} failed: {}", run.job(), e.getMessage());
            return e.event();
        } catch (MalformedDataset e) {
            log.error("job {} failed: {}", run.job(), e.getMessage());
            return new TrainerEvent.Failed("error", String.valueOf(e.getMessage()), null);
        } catch (OutOfMemoryError e) {
            return outOfMemory(run, fit, e);
        } catch (EngineException e) {
            return isOutOfMemory(e) ? outOfMemory(run, fit, e) : unexpected(run, fit, e);
        } catch (IOException e) {
            return filesOutOfReach(run, fit, e);
        } catch (RuntimeException | LinkageError e) {
            return unexpected(run, fit, e);
        }
    }

    private TrainerEvent outOfMemory(TrainerCommand.Run run, @Nullable Fit fit, Throwable cause) {
        log.error("job {} ran out of memory", run.job(), cause);
        var step = stepOf(fit);
        return new TrainerEvent.Failed(
                "out_of_memory",
                "not enough memory on the %s%s: try a smaller batchSize or a smaller network"
                        .formatted(run.device(), after(step)),
                step);
    }

    /** Such as a full disk: another worker may fare better. */
    private TrainerEvent filesOutOfReach(TrainerCommand.Run run, @Nullable Fit fit, IOException cause) {
        log.error("job {} can't read or write its files", run.job(), cause);
        var step = stepOf(fit);
        return new TrainerEvent.Failed(
                "io",
                "the trainer can't read or write its files%s, perhaps for want of disk space; the job's log says more"
                        .formatted(after(step)),
                step);
    }

    private TrainerEvent unexpected(TrainerCommand.Run run, @Nullable Fit fit, Throwable cause) {
        log.error("job {} failed unexpectedly", run.job(), cause);
        var step = stepOf(fit);
        return new TrainerEvent.Failed(
                "error", "the trainer met an unexpected error%s; the job's log says more".formatted(after(step)), step);
    }

    private static @Nullable Long stepOf(@Nullable Fit fit) {
        return fit == null ? null : fit.stepsTaken();
    }

    private static String after(@Nullable Long step) {
        return step == null ? " before the first step" : " after step " + step;
    }

    /** The engine has no type of its own for it. */
    static boolean isOutOfMemory(EngineException e) {
        var message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("out of memory")
                || message.contains("can't allocate memory")
                || message.contains("not enough memory");
    }
}
