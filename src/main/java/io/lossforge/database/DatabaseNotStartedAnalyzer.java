package io.lossforge.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do, in place of a stack trace. */
class DatabaseNotStartedAnalyzer extends AbstractFailureAnalyzer<DatabaseNotStarted> {

    private static final String ACTION = """
            Stop the other service, or give this one another directory: lossforge.data-directory=…
            Several processes that work together share one PostgreSQL server: spring.datasource.url=jdbc:postgresql://…""";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DatabaseNotStarted cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
