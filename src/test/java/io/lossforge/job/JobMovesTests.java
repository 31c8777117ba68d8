package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** The tables of docs/jobs.md hold for every state, with every request that is pending in it. */
class JobMovesTests {

    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");
    private static final Path DOCUMENT = Path.of("docs/jobs.md");

    private static final Map<String, Consumer<TrainingJob>> MOVES = moves();

    private static Map<String, Consumer<TrainingJob>> moves() {
        var moves = new LinkedHashMap<String, Consumer<TrainingJob>>();
        moves.put("cancel", job -> job.cancel(NOW));
        moves.put("pause", job -> job.pause(NOW));
        moves.put("resume", job -> job.resume(NOW));
        moves.put("retry", job -> job.retry(NOW));
        moves.put("priority", job -> job.prioritise(3));
        moves.put("deadline", job -> job.limit(Duration.ofHours(1)));
        moves.put("preempt", TrainingJob::preempt);
        moves.put("success", job -> job.succeeded("digits", 1, 20, "00", NOW));
        moves.put("error", ended(EndReason.ERROR));
        moves.put("killed", ended(EndReason.KILLED));
        moves.put("killed, last", job -> {
            job.maxAttempts = 1;
            ended(EndReason.KILLED).accept(job);
        });
        moves.put("cancelled", ended(EndReason.CANCELLED));
        moves.put("paused", ended(EndReason.PAUSED));
        moves.put("preempted", ended(EndReason.PREEMPTED));
        moves.put("worker stopped", ended(EndReason.WORKER_STOPPED));
        moves.put("deadline", job -> job.limit(Duration.ofHours(1)));
        moves.put("deadline passed", job -> {
            job.deadlineAt = NOW;
            ended(EndReason.DEADLINE).accept(job);
        });
        moves.put("deadline moved", job -> {
            job.deadlineAt = NOW.plusSeconds(60);
            ended(EndReason.DEADLINE).accept(job);
        });
        return moves;
    }

    private static Consumer<TrainingJob> ended(EndReason reason) {
        return job -> job.attemptEnded(reason, "it ended", Duration.ofSeconds(1), NOW);
    }

    /** A cell of a table. */
    record Move(String from, String move, String outcome) {

        @Override
        public String toString() {
            return from + ", " + move + ": " + outcome;
        }
    }

    static Stream<Move> documented() throws IOException {
        var moves = new ArrayList<Move>();
        List<String> header = List.of();
        for (var line : Files.readAllLines(DOCUMENT)) {
            if (!line.startsWith("|") || line.startsWith("|---")) {
                continue;
            }
            var cells = Arrays.stream(line.substring(1).split("\\|"))
                    .map(cell -> cell.replace("`", "").strip())
                    .toList();
            if (cells.get(0).equals("state")) {
                header = cells;
            } else if (!header.isEmpty()) {
                for (int i = 1; i < cells.size(); i++) {
                    moves.add(new Move(cells.get(0), header.get(i), cells.get(i)));
                }
            }
        }
        var held = List.of("STARTING", "RUNNING");
        var expected = MOVES.size() - 7;
        assertThat(moves)
                .as("every request in 13 states, every end of an attempt in the 8 of them that have one")
                .hasSize(13 * 7 + 2 * 4 * expected)
                .allMatch(move -> MOVES.containsKey(move.move()))
                .doesNotHaveDuplicates();
        assertThat(moves.stream().filter(move -> held.contains(move.from()))).hasSize(2 * MOVES.size());
        return moves.stream();
    }

    @ParameterizedTest
    @MethodSource("documented")
    void becomesWhatTheTableSays(Move move) {
        var job = in(move.from());
        var before = shown(job);
        var refused = attempt(job, move.move());
        if (move.outcome().equals("409")) {
            assertThat(refused).isInstanceOf(IllegalMove.class);
            assertThat(shown(job)).as("nothing changed").isEqualTo(before);
            return;
        }
        assertThat(refused).isNull();
        assertThat(shown(job)).isEqualTo(move.outcome().equals("–") ? before : move.outcome());
        assertThat(job.claimedBy == null).isEqualTo(!job.state.isHeld());
        assertThat(job.pausedAt == null).isEqualTo(job.state != JobState.PAUSED);
        assertThat(job.endedAt == null).isEqualTo(!job.state.isFinished());
    }

    @ParameterizedTest
    @MethodSource("documented")
    void requestMadeTwiceIsAsGoodAsOnce(Move move) {
        if (!List.of("cancel", "pause", "resume", "retry", "priority", "deadline")
                .contains(move.move())) {
            return;
        }
        var job = in(move.from());
        if (attempt(job, move.move()) == null) {
            var once = shown(job);
            assertThat(attempt(job, move.move())).isNull();
            assertThat(shown(job)).isEqualTo(once);
        }
    }

    private static @Nullable IllegalMove attempt(TrainingJob job, String move) {
        try {
            MOVES.getOrDefault(move, unknown -> {}).accept(job);
            return null;
        } catch (IllegalMove e) {
            return e;
        }
    }

    private static String shown(TrainingJob job) {
        return job.requested == null ? job.state.name() : job.state + " " + wish(job.requested);
    }

    private static String wish(EndReason requested) {
        return switch (requested) {
            case CANCELLED -> "cancelling";
            case PAUSED -> "pausing";
            default -> "preempting";
        };
    }

    /** A job in that state, brought there by its own moves. */
    private static TrainingJob in(String shown) {
        var job = queued();
        var state = JobState.valueOf(shown.split(" ")[0]);
        if (state.isHeld() || state == JobState.SUCCEEDED || state == JobState.FAILED) {
            job.state = JobState.STARTING;
            job.attempt = 1;
            job.claimedBy = UUID.randomUUID();
            job.leaseUntil = NOW.plusSeconds(30);
            job.attempts.add(new JobAttempt("test", "cpu", null, null, null, NOW, null, null, null));
            if (state != JobState.STARTING) {
                job.state = JobState.RUNNING;
            }
        }
        switch (state) {
            case SUCCEEDED -> job.succeeded("digits", 1, 20, "00", NOW);
            case FAILED -> job.attemptEnded(EndReason.ERROR, "wrong", Duration.ZERO, NOW);
            case CANCELLED -> job.cancel(NOW);
            case PAUSED -> job.pause(NOW);
            default -> {}
        }
        if (shown.endsWith("cancelling")) {
            job.cancel(NOW);
        } else if (shown.endsWith("pausing")) {
            job.pause(NOW);
        } else if (shown.endsWith("preempting")) {
            job.preempt();
        }
        assertThat(shown(job)).isEqualTo(shown);
        return job;
    }

    private static TrainingJob queued() {
        var document = JsonNodeFactory.instance.objectNode();
        document.put("name", "test")
                .put("dataset", "digits:1")
                .put("model", "digits")
                .put("preemptible", true);
        var job = TrainingJob.submitted(
                Catalogues.JSON.read(TrainingSpec.class, document),
                UUID.randomUUID(),
                "digits",
                1,
                null,
                Duration.ofHours(1),
                NOW);
        job.id = UUID.randomUUID();
        return job;
    }
}
