package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * Registers {@code digits} in a database in which no dataset was ever registered, as images 1×8×8 whose stored 0–16 becomes 0–255; so it
 * is there at the first start and stays away once it was deleted.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class BuiltInDatasets implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(BuiltInDatasets.class);

    private final DatasetRegister register;
    private final Ingestion ingestion;
    private final Workspaces workspaces;

    BuiltInDatasets(DatasetRegister register, Ingestion ingestion, Workspaces workspaces) {
        this.register = register;
        this.ingestion = ingestion;
        this.workspaces = workspaces;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        try {
            if (register.isEmpty()) {
                ingestDigits();
            }
        } catch (IOException | RuntimeException e) {
            log.warn("The datasets could not be set up; the service goes on, the next start tries again", e);
        }
    }

    private void ingestDigits() throws IOException {
        try (var workspace = workspaces.open();
                var bytes = new ClassPathResource("datasets/digits.csv.gz").getInputStream()) {
            var file = workspace.directory().resolve("digits.csv.gz");
            Files.copy(bytes, file);
            ingestion.ingest(
                    "digits",
                    List.of(new Source("/file", "digits.csv.gz", file)),
                    List.of(),
                    new IngestOptions(new ImageSize(1, 8, 8), null, 16.0));
        }
    }
}
