package io.lossforge.job;

import io.lossforge.dataset.DatasetRegister;
import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Dataset versions that have had a newer one for long, and that no job uses. */
@Component
@ConditionalOnRole(Role.SERVER)
class SupersededDatasets implements Expiring {

    private static final int AT_ONCE = 20;

    private static final String SUPERSEDED = """
            from dataset_version old
            where exists (
                select from dataset_version newer where newer.dataset_name = old.dataset_name
                and newer.version > old.version and newer.created_at < :before)
            and not exists (select from training_job where dataset_version_id = old.id)""";

    private final DatasetRegister datasets;
    private final JdbcClient database;

    SupersededDatasets(DatasetRegister datasets, JdbcClient database) {
        this.datasets = datasets;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.SUPERSEDED_DATASETS;
    }

    @Override
    public Amount due(Instant before) {
        return database.sql("select count(*) as count, coalesce(sum(bytes), 0) as bytes " + SUPERSEDED)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(Amount.class)
                .single();
    }

    /** Each version in a transaction of its own; one that a job begins to use meanwhile stays. */
    @Override
    public int expire(Instant before) {
        return (int) database
                .sql("select id " + SUPERSEDED + " order by created_at limit " + AT_ONCE)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(UUID.class)
                .list()
                .stream()
                .filter(datasets::deleteUnused)
                .count();
    }
}
