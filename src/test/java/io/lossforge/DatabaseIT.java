package io.lossforge;

import static org.assertj.core.api.Assertions.assertThat;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;

@ServiceTest
class DatabaseIT {

    @Autowired
    Flyway flyway;

    @Autowired
    Environment environment;

    @Test
    void migrationsRanAndTheMappingWasValidatedAgainstThem() {
        assertThat(flyway.info().applied())
                .isNotEmpty()
                .allMatch(migration -> migration.getState().isApplied());
        assertThat(flyway.info().pending()).isEmpty();
        assertThat(environment.getProperty("spring.jpa.hibernate.ddl-auto")).isEqualTo("validate");
    }
}
