package io.lossforge.dataset;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.web.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes versions visible and takes them away, each in one transaction. */
@Component
@ConditionalOnRole(Role.SERVER)
public class DatasetRegister {

    private static final Logger log = LoggerFactory.getLogger(DatasetRegister.class);
    private static final int ATTEMPTS = 5;

    private final DatasetNames names;
    private final DatasetVersions versions;
    private final PackedContents contents;
    private final Datasets datasets;
    private final TransactionTemplate transaction;

    DatasetRegister(
            DatasetNames names,
            DatasetVersions versions,
            PackedContents contents,
            Datasets datasets,
            TransactionTemplate transaction) {
        this.names = names;
        this.versions = versions;
        this.contents = contents;
        this.datasets = datasets;
        this.transaction = transaction;
    }

    /**
     * What came of an ingestion.
     *
     * @param isNew whether the version was made now; false if the same content was there under that name
     */
    record Registered(DatasetVersion version, boolean isNew) {}

    boolean isEmpty() {
        return names.count() == 0;
    }

    /** Stores packed content and makes it the next version of the name, unless the name has that content already. */
    Registered register(String name, String format, Packed packed, List<String> warnings) {
        for (int attempt = 1; ; attempt++) {
            var before = versions.withContent(name, packed.sha256());
            contents.store(packed);
            try {
                if (before.isPresent()) {
                    transaction.executeWithoutResult(status -> contents.keep(packed.sha256()));
                    return new Registered(before.get(), false);
                }
                return transaction.execute(status -> insert(name, format, packed, warnings));
            } catch (DataIntegrityViolationException | NoSuchBlob e) {
                // a deletion of the same content came between storing and inserting
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Registered insert(String name, String format, Packed packed, List<String> warnings) {
        names.ensure(name);
        var dataset = names.lock(name);
        Optional<DatasetVersion> same = versions.withContent(name, packed.sha256());
        var registered = same.map(version -> new Registered(version, false))
                .orElseGet(() ->
                        new Registered(versions.saveAndFlush(dataset.newVersion(format, packed, warnings)), true));
        contents.keep(packed.sha256());
        return registered;
    }

    /**
     * Deletes a version, or all of a name, and the content that nothing else refers to.
     *
     * @param which the versions, all of one name
     * @throws ApiException 409 if a job uses one of them; then none is deleted
     */
    void delete(List<DatasetVersion> which) {
        try {
            transaction.executeWithoutResult(status -> which.forEach(version -> versions.remove(version.id())));
        } catch (DataIntegrityViolationException e) {
            throw ApiException.conflict(
                    "dataset-in-use",
                    "%s can't be deleted: training jobs use it; delete those first"
                            .formatted(which.stream()
                                    .map(DatasetVersion::reference)
                                    .limit(20)
                                    .collect(Collectors.joining(", "))));
        }
        which.forEach(this::deleted);
    }

    /**
     * Deletes a version, and the content that nothing else refers to.
     *
     * @return false if it is not there, or a job uses it
     */
    public boolean deleteUnused(UUID id) {
        var version = versions.findById(id);
        try {
            version.ifPresent(unused -> transaction.executeWithoutResult(status -> versions.remove(unused.id())));
        } catch (DataIntegrityViolationException e) {
            log.debug("{} stays: a job began to use it meanwhile", id);
            return false;
        }
        version.ifPresent(this::deleted);
        return version.isPresent();
    }

    private void deleted(DatasetVersion version) {
        log.info("Deleted dataset {}", version.reference());
        contents.removeIfUnused(version.sha256());
        datasets.forget(version);
    }
}
