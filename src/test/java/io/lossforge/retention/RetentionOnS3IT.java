package io.lossforge.retention;

import io.lossforge.ServiceTest;
import io.lossforge.storage.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The same with blobs in an object store. */
@ServiceTest({
    "lossforge.roles=server",
    "lossforge.data-directory=target/test-data/retention-s3",
    "lossforge.retention.metrics=30d",
    "lossforge.retention.logs=30d",
    "lossforge.retention.outputs=30d",
    "lossforge.retention.checkpoints=7d",
    "lossforge.retention.failed-jobs=60d",
    "lossforge.retention.superseded-datasets=30d"
})
@DirtiesContext
class RetentionOnS3IT extends RetentionIT {

    @TempDir
    static Path directory;

    private static ObjectStore store;

    @DynamicPropertySource
    static void start(DynamicPropertyRegistry properties) throws IOException {
        store = new ObjectStore(directory);
        for (var setting : store.settings()) {
            int equals = setting.indexOf('=');
            properties.add(setting.substring(0, equals), () -> setting.substring(equals + 1));
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        store.stop();
    }
}
