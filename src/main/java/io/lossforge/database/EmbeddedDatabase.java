package io.lossforge.database;

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
    static EarlyStart earlyStart(Environment environment) {
        return new EarlyStart(environment);
    }

    @Bean(destroyMethod = "") // the early start stops it
    PostgresServer postgresServer(EarlyStart start) {
        return start.server();
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
