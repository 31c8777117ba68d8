package io.lossforge.job;

import io.lossforge.analysis.Analysis;
import java.util.Collection;
import java.util.HashMap;
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

    /** The mean relative multi-modality gap on a split, by job; a job for which it is not defined is missing. */
    public Map<UUID, Double> meanRelativeGaps(Collection<UUID> jobs, String split) {
        var gaps = new HashMap<UUID, Double>();
        database.sql("""
                        select job_id, gap from job_analysis
                            cross join lateral (values (
                                (analysis #>> '{multiModality,meanRelativeGap}')::double precision)) as value (gap)
                        where job_id = any (cast(:jobs as uuid[])) and split = :split and gap is not null""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .param("split", split)
                .query(row -> {
                    gaps.put(row.getObject("job_id", UUID.class), row.getDouble("gap"));
                });
        return gaps;
    }
}
