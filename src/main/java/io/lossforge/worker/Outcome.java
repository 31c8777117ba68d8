package io.lossforge.worker;

import io.lossforge.job.EndReason;
import io.lossforge.training.TrainerEvent;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended that did not succeed.
 *
 * @param message for people; no path, no stack trace
 */
record Outcome(EndReason reason, String message) {

    /** What {@code -XX:+ExitOnOutOfMemoryError} makes of a full heap. */
    private static final int HEAP_FULL = 3;

    private static final Pattern SIGNAL = Pattern.compile("\\bSIG[A-Z]+\\b");
    private static final int SIGNALLED = 128;
    private static final int SIGKILL = 9;
    private static final Map<Integer, String> CRASHES =
            Map.of(4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 11, "SIGSEGV");

    /**
     * Tells from a process's end what happened.
     *
     * @param exitCode as a shell reports it: 128 + n for a process that signal n ended
     * @param last the last {@code failed} or {@code stopped} that the trainer said; null if it ended without a word
     * @param order what it had been told; null if it had not been told to stop
     * @param memoryKill whether the system is known to have killed for want of memory meanwhile
     * @param crashReport what the virtual machine wrote down when it crashed; it knows the signal, while it ends itself by SIGABRT, whatever it was
     */
    static Outcome of(
            int exitCode,
            @Nullable TrainerEvent last,
            @Nullable EndReason order,
            boolean memoryKill,
            String crashReport) {
        if (last instanceof TrainerEvent.Failed failed) {
            return new Outcome(reason(failed.reason()), failed.message());
        }
        if (order != null) {
            return new Outcome(order, message(order));
        }
        if (exitCode == HEAP_FULL) {
            return new Outcome(
                    EndReason.OUT_OF_MEMORY,
                    "the trainer's heap is full; give it more with -Xmx in lossforge.worker.trainer-options");
        }
        if (exitCode == SIGNALLED + SIGKILL && memoryKill) {
            return new Outcome(EndReason.OUT_OF_MEMORY, "the system killed the trainer for want of memory");
        }
        if (crashReport.contains("insufficient memory")) {
            return new Outcome(EndReason.OUT_OF_MEMORY, "the system gives the trainer no more memory");
        }
        var reported = SIGNAL.matcher(crashReport);
        if (reported.find()) {
            return nativeCrash(reported.group());
        }
        if (exitCode > SIGNALLED) {
            var crash = CRASHES.get(exitCode - SIGNALLED);
            return crash == null
                    ? new Outcome(
                            EndReason.KILLED,
                            "the trainer was killed from outside (signal %d)".formatted(exitCode - SIGNALLED))
                    : nativeCrash(crash);
        }
        return last instanceof TrainerEvent.Stopped
                ? new Outcome(EndReason.WORKER_ERROR, "the trainer stopped without being told to")
                : new Outcome(
                        EndReason.ERROR, "the trainer ended with exit code %d; its log says more".formatted(exitCode));
    }

    private static Outcome nativeCrash(String signal) {
        return new Outcome(EndReason.NATIVE_CRASH, "the trainer crashed in native code (%s)".formatted(signal));
    }

    /** What the trainer calls a reason, as an attempt's. */
    private static EndReason reason(String said) {
        return switch (said.toLowerCase(Locale.ROOT)) {
            case "diverged" -> EndReason.DIVERGED;
            case "out_of_memory" -> EndReason.OUT_OF_MEMORY;
            case "io" -> EndReason.WORKER_ERROR;
            default -> EndReason.ERROR;
        };
    }

    private static String message(EndReason order) {
        return switch (order) {
            case CANCELLED -> "cancelled";
            case DEADLINE -> "the deadline passed before it was done";
            case PAUSED -> "paused";
            case PREEMPTED -> "made room for a job of higher priority";
            case WORKER_STOPPED -> "the worker was stopped";
            default -> order.code();
        };
    }
}
