package io.lossforge.metric;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The short ids under which metrics are stored. An id once given never changes, so both ways are remembered. */
@Component
class MetricNames {

    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Map<MetricName, Short> ids = new ConcurrentHashMap<>();
    private final Map<Short, MetricName> names = new ConcurrentHashMap<>();

    MetricNames(JdbcClient database, PlatformTransactionManager transactions) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** A metric of a split. */
    record MetricName(String split, String name) {}

    /** The metric's id, given now if it is new: in a transaction of its own, so that it stays given if the caller's is undone. */
    short id(String split, String name) {
        var metric = new MetricName(split, name);
        var known = ids.get(metric);
        if (known != null) {
            return known;
        }
        var id = apart.execute(status -> {
            database.sql("insert into metric_name (split, name) values (:split, :name) on conflict do nothing")
                    .param("split", split)
                    .param("name", name)
                    .update();
            return database.sql("select id from metric_name where split = :split and name = :name")
                    .param("split", split)
                    .param("name", name)
                    .query(Short.class)
                    .single();
        });
        if (id == null) {
            throw new IllegalStateException("metric %s of %s has no id".formatted(name, split));
        }
        remember(id, metric);
        return id;
    }

    /** What an id that is stored means. */
    MetricName name(short id) {
        var known = names.get(id);
        if (known != null) {
            return known;
        }
        var metric = database.sql("select split, name from metric_name where id = :id")
                .param("id", id)
                .query(MetricName.class)
                .single();
        remember(id, metric);
        return metric;
    }

    private void remember(short id, MetricName metric) {
        ids.put(metric, id);
        names.put(id, metric);
    }
}
