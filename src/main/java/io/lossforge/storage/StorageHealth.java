package io.lossforge.storage;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Whether blobs can be reached: {@code storage} in the service's health. */
@Component("storageHealthIndicator")
class StorageHealth extends AbstractHealthIndicator {

    private final Storage storage;

    StorageHealth(Storage storage) {
        super("blobs can't be reached");
        this.storage = storage;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        storage.check();
        health.up();
    }
}
