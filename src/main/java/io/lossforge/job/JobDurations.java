package io.lossforge.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.training.Catalogues;
import io.lossforge.training.TrainingSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long jobs will take, by those of like kind that are done. */
@Component
public class JobDurations {

    /** What an epoch's time depends on, beside the dataset version and the device. */
    private static final List<String> KIND = List.of(
            "architecture",
            "imbalance",
            "batchSize",
            "sampler",
            "augmentations",
            "validationFraction",
            "earlyStopping",
            "lastLayerOnly");

    private static final String PACES = """
            select asked.kind, regr_slope(seconds, epochs) as slope, regr_intercept(seconds, epochs) as intercept,
                percentile_cont(0.5) within group (order by seconds / epochs) as median
            from unnest(cast(:kinds as uuid[])) as asked (kind) cross join lateral (
                select id, attempt, coalesce(spec ->> 'epochs', spec ->> 'samples')::double precision as epochs
                from training_job where state = 'SUCCEEDED' and kind = asked.kind
                order by id desc limit 50) done
            cross join lateral (
                select extract(epoch from ended_at - started_at)::double precision as seconds
                from job_attempt where job_id = done.id and number = 1 and done.attempt = 1) first
            group by asked.kind""";

    private final JdbcClient database;
    private final Workers workers;

    JobDurations(JdbcClient database, Workers workers) {
        this.database = database;
        this.workers = workers;
    }

    /**
     * The time that a job of a kind takes from its claim to its end: {@code overhead + epochs · perEpoch}.
     *
     * @param overheadSeconds for data, trainer and artefact
     */
    record Pace(double overheadSeconds, double secondsPerEpoch) {

        /** A straight line through the times where it makes sense, else all of the median time per epoch. */
        static Pace of(@Nullable Double slope, @Nullable Double intercept, double median) {
            return slope != null && intercept != null && slope > 0 && intercept >= 0
                    ? new Pace(intercept, slope)
                    : new Pace(0, median);
        }

        /** @param remaining part of the training that is still to be done, 0–1 */
        Duration of(int epochs, double remaining) {
            return Duration.ofMillis(Math.round(1000 * (overheadSeconds + secondsPerEpoch * epochs * remaining)));
        }
    }

    /** What a job has in common with those that take about as long for an epoch. */
    static UUID kind(TrainingSpec spec, UUID datasetVersion) {
        var json = Catalogues.JSON.write(spec);
        var kind = new StringBuilder(datasetVersion.toString());
        KIND.forEach(key -> kind.append('\n').append(json.get(key)));
        return UUID.nameUUIDFromBytes(kind.toString().getBytes(UTF_8));
    }

    /** What a batch prediction has in common with those that take about as long for a sample, which stands for an epoch. */
    static UUID kind(BatchSpec spec, UUID modelVersion) {
        return UUID.nameUUIDFromBytes("%s%n%s%n%d%n%s"
                .formatted(modelVersion, spec.format(), spec.topK(), spec.probabilities())
                .getBytes(UTF_8));
    }

    /**
     * The time that a worker will need for each job, by those of the newest 50 done of its kind that were at the first attempt.
     *
     * @return in the order of the jobs; empty where there is none
     */
    public List<Optional<Duration>> of(List<CheckedJob> jobs) {
        var kinds = jobs.stream()
                .map(job -> kind(job.spec(), job.datasetVersionId()))
                .toList();
        var paces = paces(kinds);
        return java.util.stream.IntStream.range(0, jobs.size())
                .mapToObj(i -> Optional.ofNullable(paces.get(kinds.get(i)))
                        .map(pace -> pace.of(jobs.get(i).spec().epochs(), 1)))
                .toList();
    }

    /** The paces of those kinds that are known. */
    Map<UUID, Pace> paces(Collection<UUID> kinds) {
        var paces = new HashMap<UUID, Pace>();
        database.sql(PACES)
                .param("kinds", kinds.stream().distinct().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    paces.put(
                            row.getObject("kind", UUID.class),
                            Pace.of(
                                    row.getObject("slope", Double.class),
                                    row.getObject("intercept", Double.class),
                                    row.getDouble("median")));
                });
        return paces;
    }

    /** Jobs that run at once: the slots of the workers that are alive, at least 1. */
    public int slots() {
        return Math.max(
                1,
                workers.alive().stream()
                        .mapToInt(worker -> worker.cpuSlots() + worker.gpuSlots())
                        .sum());
    }
}
