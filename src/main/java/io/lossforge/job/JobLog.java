package io.lossforge.job;

import java.util.List;
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
     * Removes the oldest chunks until at most {@code limit} bytes are left.
     *
     * @return bytes left
     */
    long trim(UUID job, long limit) {
        return database.sql("""
                        with sized as (
                            select sequence, sum(octet_length(text)) over (order by sequence desc) as bytes
                            from job_log where job_id = :job),
                        gone as (
                            delete from job_log where job_id = :job
                              and sequence <= (select max(sequence) from sized where bytes > :limit))
                        select coalesce(max(bytes), 0) from sized where bytes <= :limit""")
                .param("job", job)
                .param("limit", limit)
                .query(Long.class)
                .single();
    }

    /** Chunks with {@code after < sequence <= upTo}, in order. */
    public List<Chunk> between(UUID job, long after, long upTo) {
        return database.sql("""
                        select sequence, attempt, text from job_log
                        where job_id = :job and sequence > :after and sequence <= :upTo order by sequence""")
                .param("job", job)
                .param("after", after)
                .param("upTo", upTo)
                .query((row, number) ->
                        new Chunk(row.getLong("sequence"), row.getInt("attempt"), row.getString("text")))
                .list();
    }
}
