package io.lossforge.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.storage.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class EmbeddedDatabaseTests {

    @TempDir
    Path directory;

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(EmbeddedDatabase.class));

    @Test
    void isNotStartedWhenADatabaseIsConfigured() {
        context.withPropertyValues("spring.datasource.url=jdbc:postgresql://db/lossforge")
                .run(started -> assertThat(started).doesNotHaveBean(PostgresServer.class));
    }

    @Test
    void isNotStartedWhenConnectionDetailsAreThere() {
        context.withBean(JdbcConnectionDetails.class, () -> new JdbcConnectionDetails() {
                    @Override
                    public String getUsername() {
                        return "user";
                    }

                    @Override
                    public String getPassword() {
                        return "password";
                    }

                    @Override
                    public String getJdbcUrl() {
                        return "jdbc:postgresql://db/lossforge";
                    }
                })
                .run(started -> assertThat(started).doesNotHaveBean(PostgresServer.class));
    }

    @Test
    void isRefusedToAWorkerAloneWhichHasNobodyToWorkForThere() {
        context.withBean(DataDirectory.class, () -> new DataDirectory(directory))
                .withPropertyValues("lossforge.roles=worker")
                .run(refused -> assertThat(refused)
                        .getFailure()
                        .hasRootCauseInstanceOf(DatabaseNotStarted.class)
                        .hasRootCauseMessage("a worker alone needs the database of the servers it works for:"
                                + " set spring.datasource.url"));
        assertThat(Files.exists(directory.resolve("postgres"))).isFalse();
    }
}
