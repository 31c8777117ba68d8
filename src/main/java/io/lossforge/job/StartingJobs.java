package io.lossforge.job;

import static org.springframework.transaction.annotation.Propagation.MANDATORY;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Jobs that start from a model version, for whoever wants to delete it. */
@Component
public class StartingJobs {

    private final JdbcClient database;

    StartingJobs(JdbcClient database) {
        this.database = database;
    }

    /** Those that start from the version and have not ended. None of the others is queued again before the caller's transaction ends. */
    @Transactional(propagation = MANDATORY)
    public List<UUID> unfinished(UUID version) {
        record Starting(UUID id, boolean ended) {}
        return database.sql("""
                        select id, ended_at is not null as ended from training_job
                        where initial_version_id = :version order by id for update""").param("version", version).query(Starting.class).list().stream()
                .filter(job -> !job.ended())
                .map(Starting::id)
                .toList();
    }
}
