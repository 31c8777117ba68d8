package io.lossforge.model;

import io.lossforge.storage.BlobReferences;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Artefacts in the storage, named by content: versions whose networks are equal bit by bit share one. */
@Component
class ModelArtefacts implements BlobReferences {

    private final JdbcClient database;

    ModelArtefacts(JdbcClient database) {
        this.database = database;
    }

    @Override
    public String prefix() {
        return "models/";
    }

    @Override
    public Set<String> referenced(Collection<String> units) {
        return new HashSet<>(database.sql("select artefact_key from model_version where artefact_key = any (:units)")
                .param("units", units.toArray(String[]::new))
                .query(String.class)
                .list());
    }
}
