package io.lossforge.dataset;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored versions. */
interface DatasetVersions extends Repository<DatasetVersion, UUID> {

    DatasetVersion save(DatasetVersion version);

    Optional<DatasetVersion> findById(UUID id);

    @Query("""
            select v from DatasetVersion v where v.dataset.name = :name
            and v.version = (select max(w.version) from DatasetVersion w where w.dataset.name = :name)""")
    Optional<DatasetVersion> newest(String name);

    @Query("select v from DatasetVersion v where v.dataset.name = :name and v.version = :version")
    Optional<DatasetVersion> find(String name, int version);

    @Query("select v from DatasetVersion v where v.dataset.name = :name and v.sha256 = :sha256")
    Optional<DatasetVersion> withContent(String name, String sha256);

    @Query("select distinct v.dataset.name from DatasetVersion v order by v.dataset.name limit 200")
    List<String> names();

    @Query("select v.version from DatasetVersion v where v.dataset.name = :name order by v.version desc limit 200")
    List<Integer> versionsOf(String name);
}
