package io.lossforge.job;

import io.lossforge.training.Evaluation;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** How well the networks of finished jobs classify, by split. */
@Component
public class JobEvaluations {

    private final JdbcClient database;
    private final JsonMapper json;

    JobEvaluations(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /** The splits that there are evaluations of. */
    List<String> splits(UUID job) {
        return database.sql("select split from job_evaluation where job_id = :job")
                .param("job", job)
                .query((row, number) -> row.getString("split"))
                .list();
    }

    /** The evaluations of a split, by job; a job that has none is missing. */
    public Map<UUID, Evaluation> of(Collection<UUID> jobs, String split) {
        var evaluations = new HashMap<UUID, Evaluation>();
        database.sql("""
                        select job_id, evaluation::text as evaluation from job_evaluation
                        where job_id = any (cast(:jobs as uuid[])) and split = :split""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .param("split", split)
                .query(row -> {
                    evaluations.put(
                            row.getObject("job_id", UUID.class),
                            json.readValue(row.getString("evaluation"), Evaluation.class));
                });
        return evaluations;
    }

    /** The balanced accuracy on a split, by job; a job that has none is missing. */
    public Map<UUID, Double> balancedAccuracies(Collection<UUID> jobs, String split) {
        var accuracies = new HashMap<UUID, Double>();
        database.sql("""
                        select job_id, (evaluation ->> 'balancedAccuracy')::double precision as accuracy from job_evaluation
                        where job_id = any (cast(:jobs as uuid[])) and split = :split""")
                .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                .param("split", split)
                .query(row -> {
                    accuracies.put(row.getObject("job_id", UUID.class), row.getDouble("accuracy"));
                });
        return accuracies;
    }
}
