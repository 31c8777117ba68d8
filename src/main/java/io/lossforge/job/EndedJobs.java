package io.lossforge.job;

import static org.springframework.transaction.annotation.Propagation.MANDATORY;

import io.lossforge.retention.Expiring.Amount;
import io.lossforge.retention.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Jobs in the order in which they ended, each once for each kind of data: how far retention has come is stored. */
@Component
public class EndedJobs {

    /** What a metric point takes, its share of the index included: 147.1 bytes, measured over 10,000,000 points, see docs/benchmarks.md. */
    public static final int POINT_BYTES = 147;

    private static final int AT_ONCE = 100;

    /** By the index over the ends; the sub-queries are values when the scan begins. */
    private static final String DUE = """
            ended_at is not null and ended_at < :before
            and (ended_at, id) > ((select ended_at from position), (select job_id from position))""";

    private final JdbcClient database;

    EndedJobs(JdbcClient database) {
        this.database = database;
    }

    /**
     * The next 100 whose data of that kind is too old. In the caller's transaction, which removes it; nothing while another process is at it.
     *
     * @param before when they ended, exclusive
     */
    @Transactional(propagation = MANDATORY)
    public List<UUID> next(Kind kind, Instant before) {
        database.sql("""
                        insert into retention_position (kind, ended_at, job_id)
                        values (:kind, '-infinity', '00000000-0000-0000-0000-000000000000') on conflict do nothing""").param("kind", kind.json()).update();
        return database.sql("""
                        with position as (
                            select ended_at, job_id from retention_position where kind = :kind for update skip locked),
                        next as (
                            select id, ended_at from training_job where %s order by ended_at, id limit :most),
                        moved as (
                            update retention_position set ended_at = last.ended_at, job_id = last.id
                            from (select ended_at, id from next order by ended_at desc, id desc limit 1) last
                            where kind = :kind)
                        select id from next""".formatted(DUE))
                .param("kind", kind.json())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("most", AT_ONCE)
                .query((row, number) -> row.getObject(1, UUID.class))
                .list();
    }

    /**
     * How much {@link #next} would lead to, one call after the other.
     *
     * @param count SQL expression over a row of {@code training_job}
     * @param bytes likewise
     */
    public Amount due(Kind kind, Instant before, String count, String bytes) {
        return database.sql("""
                        with position as (
                            select coalesce(max(ended_at), '-infinity') as ended_at,
                                coalesce((select job_id from retention_position where kind = :kind),
                                    '00000000-0000-0000-0000-000000000000') as job_id
                            from retention_position where kind = :kind)
                        select coalesce(sum(%s), 0) as count, coalesce(sum(%s), 0) as bytes
                        from training_job job where %s""".formatted(count, bytes, DUE))
                .param("kind", kind.json())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(Amount.class)
                .single();
    }
}
