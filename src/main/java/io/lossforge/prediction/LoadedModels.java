package io.lossforge.prediction;

import ai.onnxruntime.OrtException;
import io.lossforge.model.ModelVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * The models in memory, loaded when first asked for. Bounded by an estimate of their bytes: the one not used for longest goes first,
 * and is freed when nobody runs on it any more. Each is loaded once, however many ask for it at the same time.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class LoadedModels {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedModels.class);

    private final Storage storage;
    private final PredictionSettings settings;

    /** By SHA-256 of the artefact, least recently used first. */
    private final Map<String, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    private volatile Observer observer = Observer.NOBODY;

    /** Sees models come and go. */
    interface Observer {

        Observer NOBODY = new Observer() {};

        default void loaded(ModelVersion version, LoadedModel model, long bytes, long nanoseconds) {}

        /** @param reason {@code room} or {@code asked} */
        default void left(LoadedModel model, long bytes, String reason) {}

        default void failed(ModelVersion version) {}
    }

    /** A model in the cache, whose cache holds one use of it, or on its way there. */
    private record Slot(String name, long bytes, CompletableFuture<LoadedModel> model) {

        boolean ready() {
            return model.isDone() && !model.isCompletedExceptionally();
        }
    }

    LoadedModels(Storage storage, PredictionSettings settings) {
        this.storage = storage;
        this.settings = settings;
    }

    void observe(Observer by) {
        observer = by;
    }

    /**
     * The model of a version, for the caller to close after use.
     *
     * @throws UnusableArtefact if the artefact is missing or damaged
     */
    LoadedModel use(ModelVersion version) {
        var key = version.artefactSha256();
        while (true) {
            Slot slot;
            boolean mine = false;
            synchronized (slots) {
                slot = slots.get(key);
                if (slot == null) {
                    mine = true;
                    slot = new Slot(shown(version), estimate(version), new CompletableFuture<>());
                    slots.put(key, slot);
                } else if (slot.ready()) {
                    var model = slot.model().join();
                    model.retain();
                    return model;
                }
            }
            if (mine) {
                return loaded(version, key, slot);
            }
            awaitLoad(slot);
        }
    }

    /** Whether the version is in memory or on its way there. Does not count as a use. */
    boolean isLoaded(ModelVersion version) {
        synchronized (slots) {
            return slots.containsKey(version.artefactSha256());
        }
    }

    /** Of a version in memory; null of another. Does not count as a use. */
    @Nullable ModelStatistics statistics(ModelVersion version) {
        var model = inMemory(version);
        return model == null ? null : model.statistics();
    }

    /** That of a version, not to run it; null if it is not in memory. Does not count as a use. */
    @Nullable LoadedModel inMemory(ModelVersion version) {
        synchronized (slots) {
            for (var slot : slots.entrySet()) { // to get it would count as a use
                if (slot.getKey().equals(version.artefactSha256())) {
                    return slot.getValue().ready() ? slot.getValue().model().join() : null;
                }
            }
            return null;
        }
    }

    /** Lets a model go that is in memory; it is freed when nobody runs on it any more, and loaded again when asked for. */
    void unload(ModelVersion version) {
        synchronized (slots) {
            var slot = slots.get(version.artefactSha256());
            if (slot != null && slot.ready()) {
                slots.remove(version.artefactSha256());
                bytes -= slot.bytes();
                leaves(slot, "asked");
                LOG.info("{} leaves memory as asked", slot.name());
            }
        }
    }

    private void leaves(Slot slot, String reason) {
        var model = slot.model().join();
        observer.left(model, slot.bytes(), reason);
        model.close();
    }

    private LoadedModel loaded(ModelVersion version, String key, Slot slot) {
        try {
            long start = System.nanoTime();
            var model = load(version);
            model.retain();
            observer.loaded(version, model, slot.bytes(), System.nanoTime() - start);
            synchronized (slots) {
                bytes += slot.bytes();
                slot.model().complete(model);
                evict(slot);
                LOG.info(
                        "{} loaded in {} ms; {} models in memory, about {} MB",
                        slot.name(),
                        Duration.ofNanos(System.nanoTime() - start).toMillis(),
                        slots.size(),
                        DataSize.ofBytes(bytes).toMegabytes());
            }
            return model;
        } catch (RuntimeException | Error e) {
            synchronized (slots) {
                slots.remove(key);
            }
            slot.model().completeExceptionally(e);
            observer.failed(version);
            throw e;
        }
    }

    /** Until another thread has loaded it; fails as that one does. */
    private static void awaitLoad(Slot slot) {
        try {
            slot.model().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Lets go of what was not used for longest, until the rest fits; never of the newest. */
    private void evict(Slot newest) {
        var oldest = slots.values().iterator();
        while (bytes > settings.cacheSize().toBytes() && oldest.hasNext()) {
            var slot = oldest.next();
            if (!slot.equals(newest) && slot.model().isDone()) {
                oldest.remove();
                bytes -= slot.bytes();
                leaves(slot, "room");
                LOG.info("{} leaves memory for {}; it is loaded again when asked for", slot.name(), newest.name());
            }
        }
    }

    private LoadedModel load(ModelVersion version) {
        try {
            return LoadedModel.load(
                    artefact(version), Input.of(version), version.classes().size(), settings.threads());
        } catch (NoSuchBlob | IOException | OrtException | IllegalArgumentException | IllegalStateException e) {
            LOG.error(
                    "{} can't be loaded from {}: {}; put the file back or delete the version",
                    shown(version),
                    version.artefactKey(),
                    e.getMessage());
            throw new UnusableArtefact(shown(version));
        }
    }

    private byte[] artefact(ModelVersion version) throws IOException {
        try (var in = storage.open(version.artefactKey())) {
            var bytes = in.readNBytes(Math.toIntExact(version.artefactBytes() + 1));
            var sha256 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            if (!sha256.equals(version.artefactSha256())) {
                throw new IOException("it has not the registered SHA-256");
            }
            return bytes;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Weights are in memory twice while the engine packs them for its kernels; a session has about 2 MB of its own. */
    private static long estimate(ModelVersion version) {
        return 2 * version.artefactBytes() + (2L << 20);
    }

    private static String shown(ModelVersion version) {
        return "version %d of model \"%s\"".formatted(version.version(), version.model());
    }

    @PreDestroy
    void close() {
        synchronized (slots) {
            for (var slot : slots.values()) {
                if (slot.model().isDone()) {
                    slot.model().join().close();
                }
            }
            slots.clear();
            bytes = 0;
        }
    }
}
