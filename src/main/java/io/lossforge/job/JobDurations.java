package io.lossforge.job;

import io.lossforge.training.Catalogues;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long jobs will take, by those of like kind that are done. */
@Component
public class JobDurations {

    private static final String SECONDS_PER_EPOCH = """
            select percentile_cont(0.5) within group (order by seconds / epochs) from (
                select extract(epoch from attempt.ended_at - attempt.started_at) as seconds, (job.spec ->> 'epochs')::int as epochs
                from training_job job join job_attempt attempt on attempt.job_id = job.id
                where job.state = 'SUCCEEDED' and job.attempt = 1 and job.dataset_version_id = :dataset
                  and job.spec -> 'architecture' = cast(:architecture as jsonb)
                  and job.spec -> 'imbalance' = cast(:imbalance as jsonb)
                  and job.spec -> 'batchSize' = cast(:batchSize as jsonb)
                order by job.id desc limit 50) like_it""";

    private final JdbcClient database;
    private final Workers workers;

    JobDurations(JdbcClient database, Workers workers) {
        this.database = database;
        this.workers = workers;
    }

    /**
     * The time that a worker will need for each job: the median time per epoch of the newest 50 finished jobs with the same dataset
     * version, architecture, imbalance and batch size, times its epochs.
     *
     * @return in the order of the jobs; empty where there is no such job
     */
    public List<Optional<Duration>> of(List<CheckedJob> jobs) {
        var known = new HashMap<Kind, Optional<Double>>();
        return jobs.stream()
                .map(job -> known.computeIfAbsent(Kind.of(job), this::secondsPerEpoch)
                        .map(seconds -> Duration.ofMillis(
                                Math.round(1000 * seconds * job.spec().epochs()))))
                .toList();
    }

    private Optional<Double> secondsPerEpoch(Kind kind) {
        return database.sql(SECONDS_PER_EPOCH)
                .param("dataset", kind.dataset())
                .param("architecture", kind.architecture())
                .param("imbalance", kind.imbalance())
                .param("batchSize", kind.batchSize())
                .query((row, number) -> Optional.ofNullable(row.getObject(1, Double.class)))
                .single();
    }

    /** Jobs that run at once: the slots of the workers that are alive, at least 1. */
    public int slots() {
        var capacity = workers.capacity();
        return Math.max(1, capacity.cpuSlots() + capacity.gpuSlots());
    }

    /** What jobs have in common that take about as long for an epoch. */
    private record Kind(UUID dataset, String architecture, String imbalance, String batchSize) {

        static Kind of(CheckedJob job) {
            var spec = Catalogues.JSON.write(job.spec());
            return new Kind(
                    job.datasetVersionId(),
                    spec.path("architecture").toString(),
                    spec.path("imbalance").toString(),
                    spec.path("batchSize").toString());
        }
    }
}
