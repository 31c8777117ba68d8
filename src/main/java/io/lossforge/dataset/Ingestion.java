package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** From files to a registered version: finds the format, packs, stores, registers. A failure at any point leaves nothing behind. */
@Component
@ConditionalOnRole(Role.SERVER)
class Ingestion {

    private static final Logger log = LoggerFactory.getLogger(Ingestion.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Formats formats;
    private final Workspaces workspaces;
    private final DatasetRegister register;
    private final IngestLimits limits;
    private final Semaphore places;

    Ingestion(Formats formats, Workspaces workspaces, DatasetRegister register, DatasetSettings settings) {
        this.formats = formats;
        this.workspaces = workspaces;
        this.register = register;
        this.limits = settings.limits();
        this.places = new Semaphore(settings.atOnce(), true);
    }

    /**
     * Ingests.
     *
     * @param files at least one
     * @throws RefusedUpload if it can't become a dataset
     */
    DatasetRegister.Registered ingest(String name, List<Source> files, List<Source> testFiles, IngestOptions options) {
        waitForPlace();
        try {
            return ingestNow(name, files, testFiles, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            places.release();
        }
    }

    private void waitForPlace() {
        try {
            if (!places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw ApiException.unavailable(
                        "ingestion-busy", "other datasets are being packed; try again later", PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("ingestion-busy", "the service is stopping", PATIENCE);
        }
    }

    private DatasetRegister.Registered ingestNow(
            String name, List<Source> files, List<Source> testFiles, IngestOptions options) throws IOException {
        long start = System.nanoTime();
        var delivery = new Delivery(
                files, testFiles, options, limits, new Unpacking(size(files, testFiles), limits), new Notices());
        var format = formats.of(delivery);
        try (var workspace = workspaces.open()) {
            var packed = pack(format, delivery, workspace);
            var registered = register.register(
                    name, format.name(), packed, delivery.notices().toList());
            log.info(
                    "Dataset {} {}: {} training and {} test samples of {} from {} in {} ms",
                    registered.version().reference(),
                    registered.isNew() ? "ingested" : "was there already with the same content",
                    registered.version().trainCount(),
                    registered.version().testCount(),
                    registered.version().shape(),
                    format.name(),
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
            return registered;
        }
    }

    private static Packed pack(DatasetFormat format, Delivery delivery, Workspaces.Workspace workspace)
            throws IOException {
        try (var packing = new Packing(workspace.directory(), delivery.limits())) {
            format.read(delivery, packing);
            return packing.finish(delivery.files().get(0).pointer(), delivery.notices());
        }
    }

    private static long size(List<Source> files, List<Source> testFiles) throws IOException {
        long size = 0;
        for (var source : Stream.concat(files.stream(), testFiles.stream()).toList()) {
            // a folder is on this machine already: nothing in it unpacks
            size = Math.addExact(
                    size, Files.isDirectory(source.path()) ? Long.MAX_VALUE >> 16 : Files.size(source.path()));
        }
        return size;
    }
}
