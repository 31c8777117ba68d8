package io.lossforge.model;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** What aliases pointed to, newest change first. */
interface AliasChanges extends Repository<AliasChange, AliasChange.Key> {

    Optional<AliasChange> findById(AliasChange.Key key);

    @Query("""
            select change from AliasChange change
            where change.key.model = :model and change.key.alias = :alias and change.key.revision < :revision
            order by change.key.revision desc""")
    List<AliasChange> before(String model, String alias, long revision, Limit limit);

    /** The newest change before a revision that pointed to something. */
    @Query("""
            select change from AliasChange change
            where change.key.model = :model and change.key.alias = :alias and change.key.revision < :revision
                and change.action <> DELETE
            order by change.key.revision desc limit 1""")
    Optional<AliasChange> lastSetBefore(String model, String alias, long revision);
}
