package io.lossforge.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored versions of models. */
interface ModelVersions extends Repository<ModelVersion, UUID> {

    ModelVersion saveAndFlush(ModelVersion version);

    void delete(ModelVersion version);

    /** Takes the next number of a model, which is made if it is new. Others who want one wait until this transaction ends. */
    @NativeQuery("""
            INSERT INTO model (name, last_version) VALUES (:model, 1)
            ON CONFLICT (name) DO UPDATE SET last_version = model.last_version + 1
            RETURNING last_version""")
    int nextVersion(String model);

    /** Waits for others who hold the row; gives the name, or nothing if there is no such model. */
    @NativeQuery("SELECT name FROM model WHERE name = :model FOR UPDATE")
    Optional<String> lockModel(String model);

    /** Waits for who deletes it, or keeps it from being deleted until this transaction ends; nothing if it is gone. */
    @NativeQuery("SELECT id FROM model_version WHERE id = :id FOR KEY SHARE")
    Optional<UUID> hold(UUID id);

    /** Waits for those who {@link #hold} it, and lets no other do so; nothing if it is gone. */
    @NativeQuery("SELECT id FROM model_version WHERE id = :id FOR UPDATE")
    Optional<UUID> lock(UUID id);

    Optional<ModelVersion> findByModelAndVersion(String model, int version);

    Optional<ModelVersion> findFirstByJobId(UUID job);

    /** What an alias points to, the greatest weight first, of equal ones the newest version. */
    @Query("""
            select new io.lossforge.model.WeightedVersion(target.version, target.weight)
            from ModelAlias alias join alias.targets target
            where alias.model = :model and alias.name = :alias
            order by target.weight desc, target.version.version desc""")
    List<WeightedVersion> targets(String model, String alias);

    Optional<ModelVersion> findFirstByModelOrderByVersionDesc(String model);

    List<ModelVersion> findAllByOrderByCreatedAtDescIdDesc(Limit limit);

    List<ModelVersion> findByModelAndVersionLessThanOrderByVersionDesc(String model, int version, Limit limit);

    boolean existsByModel(String model);

    /** The last numbers given, to list when another is asked for. */
    @Query(
            "select version.version from ModelVersion version where version.model = :model order by version.version desc")
    List<Integer> newestNumbers(String model, Limit limit);

    @Query("""
            select distinct version.model from ModelVersion version where version.model > :after order by version.model""")
    List<String> modelsAfter(String after, Limit limit);

    /** What a list shows of models whose names come after one. */
    @Query("""
            select new io.lossforge.model.ModelRow(
                version.model, count(version), max(version.version), min(version.createdAt), max(version.createdAt))
            from ModelVersion version
            where version.model > :after
            group by version.model order by version.model""")
    List<ModelRow> rowsAfter(String after, Limit limit);

    @Query("""
            select new io.lossforge.model.ModelRow(
                version.model, count(version), max(version.version), min(version.createdAt), max(version.createdAt))
            from ModelVersion version
            where version.model = :model
            group by version.model""")
    Optional<ModelRow> row(String model);
}
