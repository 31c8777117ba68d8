package io.lossforge.job;

import static org.springframework.transaction.annotation.Propagation.MANDATORY;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Jobs that start from a model version or run it, for whoever wants to delete it. */
@Component
public class StartingJobs {

    private final JdbcClient database;

    StartingJobs(JdbcClient database) {
        this.database = database;
    }

    /** Those that need the version and have not ended. None of the others is queued again before the caller's transaction ends. */
    @Transactional(propagation = MANDATORY)
    public List<UUID> unfinished(UUID version) {
        return database.sql("""
                        with starting as (
                            select id, ended_at from training_job where initial_version_id = :version order by id for update)
                        select id from starting where ended_at is null order by id""")
                .param("version", version)
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }
}
