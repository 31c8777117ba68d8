package io.lossforge.dataset;

import io.lossforge.catalogue.Names;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.Storage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Registered datasets, for whoever trains on them. Safe for several threads. */
@Component
public class Datasets {

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
    @Transactional(readOnly = true)
    public DatasetVersion resolve(String reference) {
        int colon = reference.indexOf(':');
        var name = colon < 0 ? reference : reference.substring(0, colon);
        var newest = versions.newest(name)
                .orElseThrow(() -> new UnknownDataset(Names.unknown("dataset", name, versions.names())));
        if (colon < 0) {
            return newest;
        }
        var version = reference.substring(colon + 1);
        return (version.matches("[1-9][0-9]{0,8}")
                        ? versions.find(name, Integer.parseInt(version))
                        : Optional.<DatasetVersion>empty())
                .orElseThrow(() -> unknownVersion(name, version));
    }

    private UnknownDataset unknownVersion(String name, String version) {
        var known = versions.versionsOf(name).stream().map(String::valueOf).collect(Collectors.toList());
        return new UnknownDataset(Names.unknown("version of dataset \"%s\":".formatted(name), version, known));
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
}
