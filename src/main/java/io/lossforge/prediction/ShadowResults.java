package io.lossforge.prediction;

import io.lossforge.model.Shadow;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Results of shadows in the database, where those of all servers add up. */
@Component
@ConditionalOnRole(Role.SERVER)
class ShadowResults {

    /** Most pairs of classes that are told, the most frequent first. */
    private static final int MOST_CELLS = 1000;

    private final JdbcClient database;

    ShadowResults(JdbcClient database) {
        this.database = database;
    }

    /** Adds sums, in the order of their keys, so that two servers never wait for each other. */
    @Transactional
    void add(SortedMap<ShadowResult.Key, ShadowResult> results) {
        results.forEach((key, result) -> {
            add(key, result);
            result.confusion().forEach((cell, samples) -> add(key, cell, samples));
        });
    }

    private void add(ShadowResult.Key key, ShadowResult result) {
        database.sql("""
                        insert into model_shadow_result as present
                            (model, alias, revision, answered_by, requests, dropped, failed, samples, agreed,
                            difference_sum, difference_most, answered_ns, shadow_ns, failure)
                        values (:model, :alias, :revision, :answeredBy, :requests, :dropped, :failed, :samples, :agreed,
                            :differenceSum, :differenceMost, :answeredNanoseconds, :shadowNanoseconds, :failure)
                        on conflict (model, alias, revision, answered_by) do update set
                            requests = present.requests + excluded.requests,
                            dropped = present.dropped + excluded.dropped,
                            failed = present.failed + excluded.failed,
                            samples = present.samples + excluded.samples,
                            agreed = present.agreed + excluded.agreed,
                            difference_sum = present.difference_sum + excluded.difference_sum,
                            difference_most = greatest(present.difference_most, excluded.difference_most),
                            answered_ns = present.answered_ns + excluded.answered_ns,
                            shadow_ns = present.shadow_ns + excluded.shadow_ns,
                            failure = coalesce(excluded.failure, present.failure)""")
                .params(named(key))
                .param("requests", result.requests())
                .param("dropped", result.droppedRequests())
                .param("failed", result.failedRequests())
                .param("samples", result.samples())
                .param("agreed", result.agreed())
                .param("differenceSum", result.differenceSum())
                .param("differenceMost", result.differenceMost())
                .param("answeredNanoseconds", result.answeredNanoseconds())
                .param("shadowNanoseconds", result.shadowNanoseconds())
                .param("failure", result.failure())
                .update();
    }

    private void add(ShadowResult.Key key, ShadowResult.Cell cell, long samples) {
        database.sql("""
                        insert into model_shadow_confusion as present
                            (model, alias, revision, answered_by, answered_class, shadow_class, samples)
                        values (:model, :alias, :revision, :answeredBy, :answered, :shadow, :samples)
                        on conflict (model, alias, revision, answered_by, answered_class, shadow_class) do update
                        set samples = present.samples + excluded.samples""")
                .params(named(key))
                .param("answered", cell.answered())
                .param("shadow", cell.shadow())
                .param("samples", samples)
                .update();
    }

    private static Map<String, Object> named(ShadowResult.Key key) {
        return Map.of(
                "model", key.model(),
                "alias", key.alias(),
                "revision", key.revision(),
                "answeredBy", key.answeredBy());
    }

    /** What came of a shadow, beside each version that answered. */
    @Transactional(readOnly = true)
    List<ShadowAnswers.Comparison> of(Shadow shadow) {
        var cells = cells(shadow);
        int classes = shadow.version().classes().size();
        return database.sql("""
                        select answered_by, requests, dropped, failed, samples, agreed, difference_sum, difference_most,
                            answered_ns, shadow_ns, failure
                        from model_shadow_result where model = :model and alias = :alias and revision = :revision
                        order by answered_by""")
                .params(named(shadow))
                .query((row, number) -> {
                    long requests = row.getLong("requests");
                    long samples = row.getLong("samples");
                    return new ShadowAnswers.Comparison(
                            row.getInt("answered_by"),
                            requests,
                            row.getLong("dropped"),
                            row.getLong("failed"),
                            samples,
                            per(row.getLong("agreed"), samples),
                            per(row.getDouble("difference_sum"), samples * classes),
                            samples == 0 ? null : (Double) row.getDouble("difference_most"),
                            per(row.getLong("answered_ns") / 1e6, requests),
                            per(row.getLong("shadow_ns") / 1e6, requests),
                            cells.getOrDefault(row.getInt("answered_by"), List.of()),
                            row.getString("failure"));
                })
                .list();
    }

    private Map<Integer, List<ShadowAnswers.Cell>> cells(Shadow shadow) {
        var classes = shadow.version().classes();
        var cells = new HashMap<Integer, List<ShadowAnswers.Cell>>();
        database.sql("""
                        select answered_by, answered_class, shadow_class, samples from model_shadow_confusion
                        where model = :model and alias = :alias and revision = :revision
                        order by samples desc, answered_class, shadow_class limit :most""").params(named(shadow)).param("most", MOST_CELLS).query(row -> {
            cells.computeIfAbsent(row.getInt("answered_by"), any -> new ArrayList<>())
                    .add(new ShadowAnswers.Cell(
                            classes.get(row.getInt("answered_class")),
                            classes.get(row.getInt("shadow_class")),
                            row.getLong("samples")));
        });
        return cells;
    }

    private static Map<String, Object> named(Shadow shadow) {
        return Map.of("model", shadow.model(), "alias", shadow.alias(), "revision", shadow.revision());
    }

    private static @Nullable Double per(double sum, long count) {
        return count == 0 ? null : (Double) (sum / count);
    }
}
