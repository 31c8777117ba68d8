package io.lossforge.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the trainers of jobs printed, in chunks that share the job's sequence with its metric points. */
@Component
public class JobLog {

    private final JdbcClient database;
    private final JdbcTemplate batches;

    JobLog(JdbcClient database, JdbcTemplate batches) {
        this.database = database;
        this.batches = batches;
    }

    /**
     * Printed text.
     *
     * @param text whole lines, each with its line feed
     */
    public record Chunk(long sequence, int attempt, String text) {}

    /** Adds chunks, in the caller's transaction. */
    void append(UUID job, List<Chunk> chunks) {
        batches.batchUpdate(
                "insert into job_log (job_id, sequence, attempt, text) values (?, ?, ?, ?)",
                chunks,
                100,
                (statement, chunk) -> {
                    statement.setObject(1, job);
                    statement.setLong(2, chunk.sequence());
                    statement.setInt(3, chunk.attempt());
                    statement.setString(4, chunk.text());
                });
    }

    /**
     * Takes out the middle of long logs until at most {@code limit} bytes are left. Attempts share them equally; of one that has more than its
     * share, the first third of the share and the last two stay, and how much is left out is said in between.
     *
     * @return bytes left
     */
    long trim(UUID job, long limit) {
        return database.sql("""
                        with sized as (
                            select sequence, attempt, left_out, octet_length(text) as bytes,
                                sum(octet_length(text)) over (partition by attempt order by sequence) as to_here,
                                sum(octet_length(text)) over (partition by attempt order by sequence desc) as from_here,
                                sum(octet_length(text)) over (partition by attempt) as total
                            from job_log where job_id = :job),
                        share as (select :limit / count(distinct attempt) as bytes from sized),
                        middle as (
                            select sized.sequence, attempt, sized.bytes from sized, share
                            where left_out is null and total > share.bytes
                              and to_here > share.bytes / 3 and from_here > share.bytes - share.bytes / 3),
                        mark as (
                            select attempt, sum(bytes) as bytes, coalesce(
                                (select min(sequence) from sized
                                 where sized.attempt = middle.attempt and left_out is not null), min(sequence)) as sequence
                            from middle group by attempt),
                        marked as (
                            update job_log set text = '', left_out = coalesce(left_out, 0) + mark.bytes
                            from mark where job_id = :job and job_log.sequence = mark.sequence),
                        gone as (
                            delete from job_log where job_id = :job and sequence in (select sequence from middle)
                              and sequence not in (select sequence from mark))
                        select coalesce(sum(bytes), 0) from sized where sequence not in (select sequence from middle)""")
                .param("job", job)
                .param("limit", limit)
                .query(Long.class)
                .single();
    }

    /**
     * What was printed with {@code after < sequence <= upTo}, each attempt after the first under a heading: a text in pieces reads as it would
     * in one.
     */
    public String text(UUID job, long after, long upTo) {
        var chunks = between(job, after, upTo);
        var text = new StringBuilder();
        int attempt = chunks.isEmpty() || after == 0 ? 1 : attemptAt(job, after);
        for (var chunk : chunks) {
            if (chunk.attempt() != attempt) {
                attempt = chunk.attempt();
                text.append("── attempt %d ──\n".formatted(attempt));
            }
            text.append(chunk.text());
        }
        return text.toString();
    }

    private int attemptAt(UUID job, long sequence) {
        return database.sql("""
                        select attempt from job_log where job_id = :job and sequence <= :sequence order by sequence desc limit 1""")
                .param("job", job)
                .param("sequence", sequence)
                .query(Integer.class)
                .optional()
                .orElse(1);
    }

    /** Chunks with {@code after < sequence <= upTo}, in order. */
    public List<Chunk> between(UUID job, long after, long upTo) {
        return database.sql("""
                        select sequence, attempt, text, left_out from job_log
                        where job_id = :job and sequence > :after and sequence <= :upTo order by sequence""")
                .param("job", job)
                .param("after", after)
                .param("upTo", upTo)
                .query((row, number) -> new Chunk(row.getLong("sequence"), row.getInt("attempt"), text(row)))
                .list();
    }

    private static String text(ResultSet row) throws SQLException {
        long leftOut = row.getLong("left_out");
        return row.wasNull() ? row.getString("text") : String.format(Locale.ROOT, "… %,d bytes left out …%n", leftOut);
    }
}
