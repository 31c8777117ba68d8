package io.lossforge.job;

import io.lossforge.analysis.Analysis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Learning-property analyses of finished jobs, by split. */
@Component
public class JobAnalyses {

    private final JdbcClient database;
    private final JsonMapper json;

    JobAnalyses(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /** Stores those of a job in place of what there was, in the caller's transaction, which holds the job. */
    public void store(UUID job, Map<String, Analysis> analyses) {
        database.sql("delete from job_analysis where job_id = :job")
                .param("job", job)
                .update();
        analyses.forEach((split, analysis) -> database.sql("""
                        insert into job_analysis (job_id, split, analysis) values (:job, :split, :analysis::jsonb)""")
                .param("job", job)
                .param("split", split)
                .param("analysis", json.writeValueAsString(analysis))
                .update());
    }

    /** The splits that there are analyses of. */
    public List<String> splits(UUID job) {
        return database.sql("select split from job_analysis where job_id = :job")
                .param("job", job)
                .query((row, number) -> row.getString("split"))
                .list();
    }

    /** That of one split. */
    public Optional<Analysis> of(UUID job, String split) {
        return database.sql("select analysis::text from job_analysis where job_id = :job and split = :split")
                .param("job", job)
                .param("split", split)
                .query((row, number) -> json.readValue(row.getString(1), Analysis.class))
                .optional();
    }
}
