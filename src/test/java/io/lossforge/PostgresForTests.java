package io.lossforge;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real PostgreSQL for tests: one server for the whole run, in a container where a Docker engine answers and embedded
 * elsewhere; a database of its own for every application context.
 */
@TestConfiguration(proxyBeanMethods = false)
public class PostgresForTests {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Bean
    JdbcConnectionDetails connectionDetails() {
        return newDatabase();
    }

    /** At the end of the run the server stops beside the contexts: none of them waits long for it. */
    @Bean
    DynamicPropertyRegistrar shortWaits() {
        return properties -> properties.add("spring.datasource.hikari.connection-timeout", () -> 5_000);
    }

    /** A new, empty database on the shared server. */
    public static JdbcConnectionDetails newDatabase() {
        var name = "lossforge_" + DATABASES.incrementAndGet();
        try (var connection =
                        DriverManager.getConnection(Server.URL.formatted("postgres"), "postgres", Server.PASSWORD);
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Details(Server.URL.formatted(name), "postgres", Server.PASSWORD);
    }

    private record Details(String getJdbcUrl, String getUsername, String getPassword)
            implements JdbcConnectionDetails {}

    /** Started on first use, stopped with the JVM. */
    private static final class Server {

        static final String PASSWORD = "postgres";
        static final String URL = DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();

        private static String container() {
            @SuppressWarnings("resource") // stopped by Testcontainers when the JVM ends
            var container = new PostgreSQLContainer("postgres:18")
                    .withUsername("postgres")
                    .withPassword(PASSWORD);
            container.start();
            return "jdbc:postgresql://%s:%d/%%s".formatted(container.getHost(), container.getMappedPort(5432));
        }

        private static String embedded() {
            try {
                var server = EmbeddedPostgres.builder()
                        .setServerConfig("timezone", "Pacific/Chatham")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "200")
                        .setRegisterShutdownHook(false)
                        .start();
                // not before the application contexts are closed, which still write to it
                SpringApplication.getShutdownHandlers().add(() -> stop(server));
                return "jdbc:postgresql://localhost:%d/%%s".formatted(server.getPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void stop(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
