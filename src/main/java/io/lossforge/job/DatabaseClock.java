package io.lossforge.job;

import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The one clock that all servers and workers share. */
@Component
class DatabaseClock implements InstantSource {

    private final JdbcClient database;

    DatabaseClock(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Instant instant() {
        return database.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }
}
