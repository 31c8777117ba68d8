package io.lossforge.database;

import io.lossforge.storage.DataDirectory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/** Starts PostgreSQL in the data directory when the settings name no database. */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@Conditional(OnNoDatabase.class)
@ConditionalOnMissingBean(JdbcConnectionDetails.class)
public class EmbeddedDatabase {

    EmbeddedDatabase() {}

    @Bean
    PostgresServer postgresServer(DataDirectory directory, Environment environment) {
        if (environment.getProperty("lossforge.roles", "all").strip().equalsIgnoreCase("worker")) {
            throw new DatabaseNotStarted(
                    "a worker alone needs the database of the servers it works for: set spring.datasource.url", null);
        }
        return PostgresServer.start(directory.resolve("postgres"));
    }

    @Bean
    JdbcConnectionDetails embeddedDatabaseConnection(PostgresServer server) {
        return new Connection(server.url(), PostgresServer.USER, server.password());
    }

    private record Connection(String getJdbcUrl, String getUsername, String getPassword)
            implements JdbcConnectionDetails {

        @Override
        public String toString() {
            return getJdbcUrl;
        }
    }
}
