package io.lossforge.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Jobs with all that is stored about them, as documents. */
@Component
public class JobDocuments {

    private final Jobs jobs;
    private final JobAnswers answers;
    private final JobLog log;
    private final JdbcClient database;
    private final JsonMapper json;

    JobDocuments(Jobs jobs, JobAnswers answers, JobLog log, JdbcClient database, JsonMapper json) {
        this.jobs = jobs;
        this.answers = answers;
        this.log = log;
        this.database = database;
        this.json = json;
    }

    /**
     * A job.
     *
     * @param job as the interface shows it
     * @param specification with all defaults filled in
     * @param evaluations by split
     * @param analyses by split
     * @param log what its trainers printed
     */
    public record Documents(
            JsonNode job,
            JsonNode specification,
            Map<String, JsonNode> evaluations,
            Map<String, JsonNode> analyses,
            String log) {}

    /** All of a job; empty if there is none. */
    @Transactional(readOnly = true)
    public Optional<Documents> of(UUID id) {
        return jobs.findById(id).map(job -> {
            var shown = answers.of(job);
            return new Documents(
                    json.valueToTree(shown),
                    job.work == Work.TRAINING ? Objects.requireNonNull(shown.spec()) : job.spec,
                    bySplit("select split, evaluation::text as document from job_evaluation where job_id = :job", id),
                    bySplit("select split, analysis::text as document from job_analysis where job_id = :job", id),
                    log.text(id, 0, job.lastSequence));
        });
    }

    private Map<String, JsonNode> bySplit(String statement, UUID job) {
        var documents = new LinkedHashMap<String, JsonNode>();
        database.sql(statement + " order by split").param("job", job).query(row -> {
            documents.put(row.getString("split"), json.readTree(row.getString("document")));
        });
        return documents;
    }
}
