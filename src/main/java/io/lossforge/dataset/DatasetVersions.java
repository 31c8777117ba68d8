package io.lossforge.dataset;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored versions. */
interface DatasetVersions extends Repository<DatasetVersion, UUID> {

    DatasetVersion saveAndFlush(DatasetVersion version);

    Optional<DatasetVersion> findById(UUID id);

    @Query("""
            select v from DatasetVersion v where v.dataset.name = :name
            and v.version = (select max(w.version) from DatasetVersion w where w.dataset.name = :name)""")
    Optional<DatasetVersion> newest(String name);

    @Query("select v from DatasetVersion v where v.dataset.name = :name and v.version = :version")
    Optional<DatasetVersion> find(String name, int version);

    @Query("select v from DatasetVersion v where v.dataset.name = :name and v.sha256 = :sha256")
    Optional<DatasetVersion> withContent(String name, String sha256);

    /** The newest version of each name after one, in the order of names. */
    @Query("""
            select v from DatasetVersion v where v.dataset.name > :after
            and v.version = (select max(w.version) from DatasetVersion w where w.dataset.name = v.dataset.name)
            order by v.dataset.name limit :most""")
    List<DatasetVersion> newestOfEach(String after, int most);

    /** Versions of a name before one, newest first. */
    @Query("""
            select v from DatasetVersion v where v.dataset.name = :name and v.version < :before
            order by v.version desc limit :most""")
    List<DatasetVersion> before(String name, int before, int most);

    /** Those of the hashes that some version has as its content. */
    @Query("select distinct v.sha256 from DatasetVersion v where v.sha256 in :sha256s")
    List<String> contentsAmong(Collection<String> sha256s);

    @Modifying
    @Query("delete from DatasetVersion v where v.id = :id")
    void remove(UUID id);

    @Query("select distinct v.dataset.name from DatasetVersion v order by v.dataset.name limit 1000")
    List<String> names();
}
