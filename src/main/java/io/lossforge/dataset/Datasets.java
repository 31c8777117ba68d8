package io.lossforge.dataset;

import io.lossforge.catalogue.Names;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.Storage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Registered datasets, for whoever trains on them. Safe for several threads. */
@Component
public class Datasets {

    private static final int MOST_LISTED = 20;

    private final DatasetVersions versions;
    private final PackedCache cache;

    Datasets(DatasetVersions versions, Storage storage, DataDirectory data) {
        this.versions = versions;
        this.cache = new PackedCache(storage, data.resolve("cache/datasets"));
    }

    /**
     * The version that a reference means.
     *
     * @param reference {@code name} for its newest version, or {@code name:version}
     * @throws UnknownDataset if there is none; the message lists the known ones
     */
    public DatasetVersion resolve(String reference) {
        int colon = reference.indexOf(':');
        return colon < 0 ? newest(reference) : version(reference.substring(0, colon), reference.substring(colon + 1));
    }

    /** The newest version of a name. */
    DatasetVersion newest(String name) {
        return versions.newest(name).orElseThrow(() -> new UnknownDataset(unknown("dataset", name, versions.names())));
    }

    /** A version of a name, by its number. */
    DatasetVersion version(String name, String version) {
        newest(name);
        return Optional.of(number(version))
                .filter(number -> number > 0)
                .flatMap(number -> versions.find(name, number))
                .orElseThrow(() -> new UnknownDataset(unknown(
                        "version of dataset \"%s\":".formatted(name),
                        version,
                        versions.before(name, Integer.MAX_VALUE, MOST_LISTED).stream()
                                .map(known -> String.valueOf(known.version()))
                                .toList())));
    }

    /** A version number as a client writes it; 0, which is none, for anything else. */
    static int number(String version) {
        return version.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(version) : 0;
    }

    /** Suggests the nearest of all known names, and lists a few where there are many. */
    static String unknown(String what, String name, List<String> known) {
        var message = Names.unknown(what, Shown.name(name), known);
        int list = message.lastIndexOf(" known: ");
        return known.size() <= MOST_LISTED
                ? message
                : message.substring(0, list)
                        + " known: %s and %d more"
                                .formatted(
                                        String.join(", ", known.subList(0, MOST_LISTED)), known.size() - MOST_LISTED);
    }

    /** The version with that id. */
    public Optional<DatasetVersion> find(UUID id) {
        return versions.findById(id);
    }

    /**
     * Makes the packed form available as local files, copying it from the storage the first time.
     *
     * @return a directory with {@code manifest.json} and the {@code .npy} files it names, to be read only; whole, its hashes checked
     *     when it was made. Named by content, so that it never changes. Safe for several threads and processes
     * @throws io.lossforge.storage.NoSuchBlob if the version was deleted meanwhile
     * @throws DamagedDataset if what is stored is not what was put there
     */
    public Path materialise(DatasetVersion version) {
        return cache.materialise(version.sha256());
    }

    /** Drops local copies whose content no version has any more, such as those of versions that another process deleted. */
    void forgetDeleted() {
        var copies = new HashSet<>(cache.contents());
        copies.removeAll(versions.contentsAmong(copies));
        copies.forEach(cache::forget);
    }

    /** Drops the local copy of a version that was deleted. */
    void forget(DatasetVersion version) {
        cache.forget(version.sha256());
    }
}
