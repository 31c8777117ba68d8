package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.job.EndReason;
import io.lossforge.training.TrainerEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTests {

    @ParameterizedTest
    @CsvSource({
        "139, false, NATIVE_CRASH, SIGSEGV",
        "134, false, NATIVE_CRASH, SIGABRT",
        "134, true, NATIVE_CRASH, SIGABRT",
        "132, false, NATIVE_CRASH, SIGILL",
        "137, false, KILLED, signal 9",
        "137, true, OUT_OF_MEMORY, want of memory",
        "143, false, KILLED, signal 15",
        "3, false, OUT_OF_MEMORY, heap",
        "1, false, ERROR, exit code 1",
        "0, false, ERROR, exit code 0"
    })
    void tellsFromTheExitWhatHappened(int exitCode, boolean memoryKill, EndReason reason, String message) {
        var outcome = Outcome.of(exitCode, null, null, memoryKill, "");
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.message()).contains(message);
    }

    @Test
    void crashReportKnowsTheSignalThatTheExitDoesNot() {
        var crash = Outcome.of(134, null, null, false, """
                #
                # A fatal error has been detected by the Java Runtime Environment:
                #
                #  SIGSEGV (0xb) at pc=0x00007f2d8e3f1a2c, pid=4711, tid=4712
                """);
        assertThat(crash)
                .isEqualTo(new Outcome(EndReason.NATIVE_CRASH, "the trainer crashed in native code (SIGSEGV)"));
        var full = Outcome.of(134, null, null, false, """
                #
                # There is insufficient memory for the Java Runtime Environment to continue.
                """);
        assertThat(full.reason()).isEqualTo(EndReason.OUT_OF_MEMORY);
    }

    @ParameterizedTest
    @CsvSource({"diverged, DIVERGED", "error, ERROR", "out_of_memory, OUT_OF_MEMORY", "something new, ERROR"})
    void believesWhatTheTrainerSays(String said, EndReason reason) {
        var outcome = Outcome.of(0, new TrainerEvent.Failed(said, "at step 7", 7L), null, false, "");
        assertThat(outcome).isEqualTo(new Outcome(reason, "at step 7"));
    }

    @Test
    void orderExplainsWhateverFollowsIt() {
        var stopped = new TrainerEvent.Stopped(3L);
        assertThat(Outcome.of(0, stopped, EndReason.CANCELLED, false, "").reason())
                .isEqualTo(EndReason.CANCELLED);
        assertThat(Outcome.of(0, stopped, EndReason.DEADLINE, false, "").reason())
                .isEqualTo(EndReason.DEADLINE);
        assertThat(Outcome.of(137, null, EndReason.WORKER_STOPPED, false, "").reason())
                .as("killed after its grace")
                .isEqualTo(EndReason.WORKER_STOPPED);
    }

    @Test
    void trainerThatStopsByItselfIsTheWorkersFault() {
        assertThat(Outcome.of(0, new TrainerEvent.Stopped(3L), null, false, "").reason())
                .isEqualTo(EndReason.WORKER_ERROR);
    }
}
