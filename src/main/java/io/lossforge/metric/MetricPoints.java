package io.lossforge.metric;

import io.lossforge.job.JobDeleted;
import io.lossforge.training.MetricPoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Metric points of jobs. */
@Component
public class MetricPoints {

    private final JdbcClient database;
    private final MetricNames names;
    private final LeavingMetrics leaving;

    MetricPoints(JdbcClient database, MetricNames names, LeavingMetrics leaving) {
        this.database = database;
        this.names = names;
        this.leaving = leaving;
    }

    /**
     * A point about to be stored.
     *
     * @param sequence its number within the job
     * @param ageMillis how long ago it was measured
     */
    public record NewPoint(long sequence, MetricPoint point, long ageMillis) {}

    /** A stored point. Rates are 0–1. */
    public record Point(long sequence, String split, String name, int epoch, long step, double value, Instant at) {}

    /** Stores points in one statement, in the caller's transaction. */
    public void insert(UUID job, List<NewPoint> points) {
        if (points.isEmpty()) {
            return;
        }
        database.sql("""
                        insert into metric_point (job_id, sequence, step, value, at, epoch, metric_id)
                        select :job, sequence, step, value, now() - age * interval '1 millisecond', epoch, metric_id
                        from unnest(:sequences, :steps, :values, :ages, :epochs, :metrics)
                            as point (sequence, step, value, age, epoch, metric_id)""")
                .param("job", job)
                .param("sequences", points.stream().map(NewPoint::sequence).toArray(Long[]::new))
                .param(
                        "steps",
                        points.stream().map(point -> point.point().step()).toArray(Long[]::new))
                .param(
                        "values",
                        points.stream().map(point -> point.point().value()).toArray(Double[]::new))
                .param("ages", points.stream().map(NewPoint::ageMillis).toArray(Long[]::new))
                .param(
                        "epochs",
                        points.stream().map(point -> point.point().epoch()).toArray(Integer[]::new))
                .param(
                        "metrics",
                        points.stream()
                                .map(point -> names.id(
                                        point.point().split(), point.point().name()))
                                .toArray(Short[]::new))
                .update();
    }

    /** Removes every point of the job, in the caller's transaction. */
    public void deleteAll(UUID job) {
        database.sql("delete from metric_point where job_id = :job")
                .param("job", job)
                .update();
    }

    @EventListener
    void on(JobDeleted deleted) {
        leaving.add(List.of(deleted.job()));
    }

    /**
     * The value of a metric at the end of each epoch, of several jobs: the newest of the epoch, so that an attempt that starts anew
     * replaces the one before.
     *
     * @return by job and epoch; a job without a point is missing
     */
    public Map<UUID, SortedMap<Integer, Double>> byEpoch(Collection<UUID> jobs, String split, String name) {
        var curves = new HashMap<UUID, SortedMap<Integer, Double>>();
        database.sql("""
                        select distinct on (job_id, epoch) job_id, epoch, value from metric_point
                        where job_id = any (cast(:jobs as uuid[]))
                          and metric_id = (select id from metric_name where split = :split and name = :name)
                        order by job_id, epoch, sequence desc""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .param("split", split)
                .param("name", name)
                .query(row -> {
                    curves.computeIfAbsent(row.getObject("job_id", UUID.class), job -> new TreeMap<>())
                            .put(row.getInt("epoch"), row.getDouble("value"));
                });
        return curves;
    }

    /** Points with {@code after < sequence <= upTo}, in order. */
    List<Point> between(UUID job, long after, long upTo) {
        return database.sql("""
                        select sequence, metric_id, epoch, step, value, at from metric_point
                        where job_id = :job and sequence > :after and sequence <= :upTo order by sequence""")
                .param("job", job)
                .param("after", after)
                .param("upTo", upTo)
                .query((row, number) -> point(row))
                .list();
    }

    /**
     * Points after a sequence number, in order.
     *
     * @param name only this metric; null for all
     * @param split only this split; null for all
     */
    public List<Point> after(UUID job, @Nullable String name, @Nullable String split, long after, int limit) {
        return select("""
                select sequence, metric_id, epoch, step, value, at from metric_point
                where job_id = :job and sequence > :after and metric_id in (select id from chosen)
                order by sequence limit :limit""", job, name, split, after, limit);
    }

    /**
     * Like {@link #after}, with each metric of each split thinned out to at most {@code maxPoints}: the sequence is cut into
     * {@code maxPoints / 2} stretches of equal length, and of each stretch the least and the greatest value of a metric stay, so that no peak
     * is lost. A metric that has no more points than that keeps them all.
     *
     * @param maxPoints at least 2
     */
    List<Point> thinned(UUID job, @Nullable String name, @Nullable String split, long after, int maxPoints) {
        // Aggregates rather than windows, which would sort all points several times; numbers up to 2^53 are exact as a
        // double.
        return select("""
                , stretch as materialized (
                    select metric_id, count(*) as points,
                        min(array[value, sequence::double precision]) as least, max(array[value, sequence::double precision]) as greatest
                    from metric_point
                    where job_id = :job and sequence > :after and metric_id in (select id from chosen)
                    group by metric_id, (sequence - :after) * (:limit / 2)
                        / (1 - :after + (select max(sequence) from metric_point where job_id = :job))),
                whole as materialized (
                    select metric_id from stretch group by metric_id having sum(points) <= :limit)
                select sequence, metric_id, epoch, step, value, at from metric_point
                where job_id = :job and metric_id not in (select metric_id from whole) and sequence = any (array(
                    select least[2]::bigint from stretch union select greatest[2]::bigint from stretch))
                union all
                select sequence, metric_id, epoch, step, value, at from metric_point
                where exists (select from whole)
                    and job_id = :job and sequence > :after and metric_id in (select metric_id from whole)
                order by sequence""", job, name, split, after, maxPoints);
    }

    private List<Point> select(
            String statement, UUID job, @Nullable String name, @Nullable String split, long after, int limit) {
        return database.sql("""
                        with chosen as (
                            select id from metric_name
                            where (:name::text is null or name = :name) and (:split::text is null or split = :split))
                        """ + statement)
                .param("job", job)
                .param("name", name)
                .param("split", split)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> point(row))
                .list();
    }

    private Point point(ResultSet row) throws SQLException {
        var metric = names.name(row.getShort("metric_id"));
        return new Point(
                row.getLong("sequence"),
                metric.split(),
                metric.name(),
                row.getInt("epoch"),
                row.getLong("step"),
                row.getDouble("value"),
                row.getObject("at", OffsetDateTime.class).toInstant());
    }
}
