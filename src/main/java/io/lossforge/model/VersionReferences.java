package io.lossforge.model;

import io.lossforge.analysis.DriftReference;
import io.lossforge.job.JobEvaluations;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What the serving of versions is compared with, to tell drift. */
@Component
public class VersionReferences {

    private final JdbcClient database;
    private final JobEvaluations evaluations;
    private final JsonMapper json;

    VersionReferences(JdbcClient database, JobEvaluations evaluations, JsonMapper json) {
        this.database = database;
        this.evaluations = evaluations;
        this.json = json;
    }

    /** Stores that of a version, once, in the caller's transaction. */
    public void store(UUID version, DriftReference reference) {
        database.sql("""
                        insert into model_version_reference (version_id, reference) values (:version, :reference::jsonb)""")
                .param("version", version)
                .param("reference", json.writeValueAsString(reference))
                .update();
    }

    /**
     * That of a version. Of one that was trained before references were kept only the predictions are known, from the evaluation of its job; of one that
     * was trained elsewhere, nothing.
     */
    public DriftReference of(ModelVersion version) {
        return stored(version).orElseGet(() -> new DriftReference(0, List.of(), evaluated(version.jobId())));
    }

    private Optional<DriftReference> stored(ModelVersion version) {
        return database.sql("select reference::text from model_version_reference where version_id = :version")
                .param("version", version.id())
                .query((row, number) -> json.readValue(row.getString(1), DriftReference.class))
                .optional();
    }

    private DriftReference.@Nullable Predictions evaluated(@Nullable UUID job) {
        if (job == null) {
            return null;
        }
        return Stream.of("validation", "test", "train")
                .map(split -> evaluations.of(List.of(job), split).get(job))
                .flatMap(Stream::ofNullable)
                .findFirst()
                .map(evaluation ->
                        new DriftReference.Predictions(evaluation.split(), evaluation.predictedCounts(), null))
                .orElse(null);
    }
}
