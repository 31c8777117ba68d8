package io.lossforge.model;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored aliases. */
interface ModelAliases extends Repository<ModelAlias, UUID> {

    ModelAlias save(ModelAlias alias);

    void delete(ModelAlias alias);

    Optional<ModelAlias> findByModelAndName(String model, String name);

    /** With their targets, by model and name. */
    @Query("""
            select distinct alias from ModelAlias alias
            join fetch alias.targets target join fetch target.version
            where alias.model in :models order by alias.model, alias.name""")
    List<ModelAlias> of(Collection<String> models);

    @Query("select alias.name from ModelAlias alias where alias.model = :model order by alias.name")
    List<String> names(String model);

    /** Names of the aliases that send traffic to a version. */
    @Query("""
            select alias.name from ModelAlias alias join alias.targets target
            where target.version.id = :version order by alias.name""")
    List<String> pointingTo(UUID version);
}
