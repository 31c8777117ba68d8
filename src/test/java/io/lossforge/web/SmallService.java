package io.lossforge.web;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.database.EmbeddedDatabase;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** The web and security modules alone, without a database, around resources that fail in every way there is. */
@EnableAutoConfiguration(
        exclude = {
            EmbeddedDatabase.class,
            DataSourceAutoConfiguration.class,
            FlywayAutoConfiguration.class,
            HibernateJpaAutoConfiguration.class,
            DataJpaRepositoriesAutoConfiguration.class
        })
@ComponentScan({"io.lossforge.web", "io.lossforge.security"})
@ConfigurationPropertiesScan({"io.lossforge.web", "io.lossforge.security"})
public class SmallService {

    /** Starts it on a random port. */
    public static ConfigurableApplicationContext start(String... settings) {
        var arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--lossforge.roles=worker",
                "--management.endpoint.health.validate-group-membership=false"));
        for (var setting : settings) {
            arguments.add("--" + setting);
        }
        return new SpringApplicationBuilder(SmallService.class)
                .profiles("small-service")
                .run(arguments.toArray(String[]::new));
    }

    /** The port it listens on. */
    public static int port(ConfigurableApplicationContext service) {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }

    enum Colour {
        RED,
        GREEN
    }

    record Inner(
            int number,

            @Size(min = 2, message = "must have at least 2 characters") String text) {}

    record Body(
            @Nullable Integer count,
            @Nullable UUID id,
            @Nullable Colour colour,
            @Nullable List<@Valid Inner> inner) {}

    @RestController
    @Profile("small-service")
    static class Failing {

        @PostMapping(path = "/api/v1/bodies", consumes = MediaType.APPLICATION_JSON_VALUE)
        Body body(@RequestBody @Valid Body body) {
            return body;
        }

        @PostMapping("/api/v1/trees")
        tools.jackson.databind.JsonNode tree(@RequestBody tools.jackson.databind.JsonNode body) {
            return body;
        }

        @GetMapping("/api/v1/things/{id}")
        String thing(@PathVariable UUID id) {
            throw ApiException.notFound("thing-not-found", "thing %s is not there".formatted(id));
        }

        @GetMapping(path = "/api/v1/parameters", produces = MediaType.APPLICATION_JSON_VALUE)
        int parameters(@RequestParam @Min(1) @Max(9) int limit) {
            return limit;
        }

        @GetMapping("/api/v1/headers")
        String headers(@RequestHeader("If-Match") String tag) {
            return tag;
        }

        @PostMapping(path = "/api/v1/uploads", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
        long upload(@RequestPart("file") MultipartFile file) {
            return file.getSize();
        }

        @GetMapping("/api/v1/busy")
        String busy() {
            throw ApiException.tooManyRequests("too-many-requests", "ask more slowly", Duration.ofSeconds(7));
        }

        @GetMapping("/api/v1/full")
        String full() {
            throw ApiException.unavailable("queue-full", "the queue is full", Duration.ofMillis(200));
        }

        @GetMapping("/api/v1/crowded")
        String crowded() {
            throw new UncheckedIOException(
                    new FileSystemException("/srv/lossforge/blobs/a", null, "No space left on device"));
        }

        @GetMapping({"/api/v1/broken", "/v2/broken"})
        String broken() {
            throw new IllegalStateException("secret of /srv/lossforge/Secret.java");
        }

        @PostMapping({"/api/v1/documents", "/v2/documents"})
        String document() {
            throw new InvalidDocument(List.of(
                    new io.lossforge.catalogue.Violation("/loss/parameters/beta", "must be >= 0, was -1"),
                    new io.lossforge.catalogue.Violation("/epochs", "must be >= 1, was 0")));
        }
    }
}
