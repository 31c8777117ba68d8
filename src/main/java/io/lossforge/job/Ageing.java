package io.lossforge.job;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Orders the jobs that wait already by the ageing that is set now. */
@Component
@ConditionalOnRole(Role.SERVER)
class Ageing {

    private final JobSettings settings;
    private final JdbcClient database;

    Ageing(JobSettings settings, JdbcClient database) {
        this.settings = settings;
        this.database = database;
    }

    @EventListener(ApplicationReadyEvent.class)
    void apply() {
        database.sql("""
                        update training_job set ageing_seconds = :seconds
                        where state in ('QUEUED', 'STARTING', 'RUNNING', 'PAUSED') and ageing_seconds <> :seconds""")
                .param("seconds", settings.ageing().toMillis() / 1000.0)
                .update();
    }
}
