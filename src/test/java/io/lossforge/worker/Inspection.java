package io.lossforge.worker;

import static org.awaitility.Awaitility.await;

import io.lossforge.job.EndReason;
import io.lossforge.job.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What must hold when all jobs have ended, whatever was done to the processes: by the tables, the storage and the list of processes. */
final class Inspection {

    /** A row of its own for each change of state and attempt, in the order in which they became true. */
    private static final String HISTORY = """
            create table job_history (number bigserial primary key, job_id uuid not null, state text not null, attempt integer not null);
            create function note_job() returns trigger language plpgsql as $$
                begin insert into job_history (job_id, state, attempt) values (new.id, new.state, new.attempt); return null; end $$;
            create trigger job_inserted after insert on training_job for each row execute function note_job();
            create trigger job_changed after update on training_job for each row
                when ((old.state, old.attempt) is distinct from (new.state, new.attempt)) execute function note_job()""";

    /** Each blob is some row's, or waits to be removed. */
    private static final String HAS_OWNER = """
            select exists (select from job_output where key = :key)
                or exists (select from job_checkpoint where key = :key)
                or exists (select from model_version where artefact_key = :key)
                or exists (select from dataset_content where starts_with(:key, 'datasets/' || sha256 || '/'))
                or exists (select from blob_outbox where key = :key or key like '%/' and starts_with(:key, key))""";

    private final Deployment deployment;
    private final JdbcClient database;
    private final SoftAssertions softly;

    Inspection(Deployment deployment, SoftAssertions softly) {
        this.deployment = deployment;
        this.database = deployment.database();
        this.softly = softly;
    }

    /** From now on the moves of all jobs are noted, in their own transactions. */
    static void noteMoves(JdbcClient database) {
        database.sql(HISTORY).update();
    }

    /** A job by itself. */
    void inspect(TrainedJob job) {
        softly.assertThat(JobState.valueOf(job.state()).isFinished())
                .as("%s has ended", job.id())
                .isTrue();
        softly.assertThat(job.attempts().stream().map(TrainedJob.Attempt::number))
                .as("attempts of %s", job.id())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, job.attempts().size()).boxed().toList());
        softly.assertThat(job.attempts())
                .as("attempts of %s", job.id())
                .allMatch(attempt -> attempt.reason() != null && attempt.inOrder());
        softly.assertThat(job.failures())
                .as("failures counted of %s: %s", job.id(), job.endReasons())
                .isEqualTo((int) job.endReasons().stream()
                        .filter(Inspection::isInfrastructure)
                        .count());
        softly.assertThat(job.hasSequenceWithoutGapOrDouble())
                .as("sequence of %s: %s to %d", job.id(), job.sequence(), job.lastSequence())
                .isTrue();
        softly.assertThat(registered(job.id()))
                .as("model versions of %s", job.id())
                .isEqualTo(job.state().equals("SUCCEEDED") ? 1 : 0);
        inspectMoves(job);
    }

    /** A job beside the one of the same specification that nothing disturbed. */
    void compare(TrainedJob job, TrainedJob straight) {
        softly.assertThat(job.state()).as("state of %s", job.id()).isEqualTo(straight.state());
        softly.assertThat(job.reason()).as("reason of %s", job.id()).isEqualTo(straight.reason());
        softly.assertThat(job.weights()).as("weights of %s", job.id()).isEqualTo(straight.weights());
        softly.assertThat(job.curve()).as("curve of %s", job.id()).isEqualTo(straight.curve());
    }

    /** One that was cancelled has the beginning of the curve. */
    void compareBeginning(TrainedJob job, TrainedJob straight) {
        softly.assertThat(straight.curve())
                .as("curve of %s", job.id())
                .startsWith(job.curve().toArray(String[]::new));
        softly.assertThat(job.weights()).as("weights of %s", job.id()).isNull();
    }

    /** What is left when nothing runs. */
    void inspectLeftovers() throws IOException {
        await().atMost(Deployment.PATIENCE).untilAsserted(() -> {
            var now = new SoftAssertions();
            now.assertThat(deployment.trainers()).as("trainers").isEmpty();
            now.assertThat(database.sql("select key from job_checkpoint")
                            .query(String.class)
                            .list())
                    .as("checkpoints")
                    .isEmpty();
            now.assertThat(filesIn("work")).as("directories of attempts").isEmpty();
            now.assertThat(filesIn("trainers")).as("directories of trainers").isEmpty();
            now.assertThat(deployment.workers()).as("workers").allMatch(WorkerProcess::isAlive);
            now.assertAll();
        });
        softly.assertThat(blobs().stream().filter(blob -> !hasOwner(blob)))
                .as("blobs that are nobody's")
                .isEmpty();
        softly.assertThat(database.sql(
                                "select id from training_job where claimed_by is not null or lease_until is not null")
                        .query(UUID.class)
                        .list())
                .as("leases held")
                .isEmpty();
    }

    /**
     * Every move is a legal one, and an attempt begins with a claim of a queued job: so no two of them ever held it at once.
     */
    private void inspectMoves(TrainedJob job) {
        var moves = database.sql("select state, attempt from job_history where job_id = ? order by number")
                .param(job.id())
                .query(Move.class)
                .list();
        softly.assertThat(moves).as("moves of %s", job.id()).startsWith(new Move(JobState.QUEUED, 0));
        for (int i = 1; i < moves.size(); i++) {
            softly.assertThat(moves.get(i - 1).mayBecome(moves.get(i)))
                    .as("move %d of %s: %s", i, job.id(), moves)
                    .isTrue();
        }
        softly.assertThat(moves.get(moves.size() - 1))
                .as("last move of %s", job.id())
                .isEqualTo(
                        new Move(JobState.valueOf(job.state()), job.attempts().size()));
    }

    record Move(JobState state, int attempt) {

        boolean mayBecome(Move next) {
            return state.canBecome(next.state) && next.attempt == attempt + (next.state == JobState.STARTING ? 1 : 0);
        }
    }

    private static boolean isInfrastructure(String reason) {
        return EndReason.valueOf(reason.toUpperCase(Locale.ROOT)).isInfrastructure();
    }

    private long registered(UUID job) {
        return database.sql("select count(*) from model_version where job_id = ?")
                .param(job)
                .query(Long.class)
                .single();
    }

    private boolean hasOwner(String key) {
        return database.sql(HAS_OWNER).param("key", key).query(Boolean.class).single();
    }

    private List<String> blobs() throws IOException {
        var root = deployment.data().resolve("blobs");
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(key -> !key.startsWith("~"))
                    .toList();
        }
    }

    private List<Path> filesIn(String directory) throws IOException {
        try (var files = Files.list(deployment.data().resolve(directory))) {
            return files.toList();
        }
    }
}
