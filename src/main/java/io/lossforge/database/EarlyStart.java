package io.lossforge.database;

import io.lossforge.storage.DataDirectory;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Starts PostgreSQL beside the making of the first beans: making its database takes seconds, in which the rest of the service need not
 * wait. Whoever needs the server waits for it.
 */
final class EarlyStart implements BeanFactoryPostProcessor, DisposableBean {

    private final FutureTask<PostgresServer> starting;
    private boolean begun;

    EarlyStart(Environment environment) {
        starting = new FutureTask<>(() -> start(environment));
    }

    private static PostgresServer start(Environment environment) {
        if (environment.getProperty("lossforge.roles", "all").strip().equalsIgnoreCase("worker")) {
            throw new DatabaseNotStarted(
                    "a worker alone needs the database of the servers it works for: set spring.datasource.url", null);
        }
        return PostgresServer.start(DataDirectory.configured(environment).resolve("postgres"));
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        begun = true;
        new Thread(starting, "postgres-start").start();
    }

    /**
     * Returns the server as soon as it answers.
     *
     * @throws DatabaseNotStarted if it does not start
     */
    PostgresServer server() {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseNotStarted("the start of PostgreSQL was interrupted", e);
        }
    }

    /** Stops the server, also when the service failed to start before anybody asked for it. */
    @Override
    public void destroy() {
        if (!begun) {
            return;
        }
        PostgresServer server;
        try {
            server = starting.get();
        } catch (ExecutionException e) {
            return; // it never ran; whoever asked for it was told
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // the next start stops what is left
        }
        server.close();
    }
}
