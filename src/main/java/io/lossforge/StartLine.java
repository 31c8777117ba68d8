package io.lossforge;

import io.lossforge.security.AccessMode;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.Storage;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Tells the operator in one line what has started, where, and who may use it. */
@Component
class StartLine {

    private static final Logger log = LoggerFactory.getLogger(Lossforge.class);

    private final Environment settings;
    private final JdbcConnectionDetails database;
    private final Storage storage;
    private final DataDirectory data;
    private final AccessMode access;

    StartLine(
            Environment settings,
            JdbcConnectionDetails database,
            Storage storage,
            DataDirectory data,
            AccessMode access) {
        this.settings = settings;
        this.database = database;
        this.storage = storage;
        this.data = data;
        this.access = access;
    }

    @EventListener
    void started(ApplicationReadyEvent event) {
        var port = settings.getProperty("local.server.port");
        if (port == null) {
            return; // a test without a web server
        }
        var address = "http://%s:%s".formatted(host(), port);
        log.info(
                "Lossforge started in {} s: {} ({}), documentation {}/api/docs, roles {}, database {}, blobs in {}, data in {}",
                event.getTimeTaken() == null
                        ? "?"
                        : "%.1f".formatted(event.getTimeTaken().toMillis() / 1000.0),
                address,
                access.description(),
                address,
                settings.getProperty("lossforge.roles", "all"),
                database.getJdbcUrl().replaceFirst("\\?.*", ""),
                blobs(),
                data.root());
    }

    private String host() {
        var address = Objects.requireNonNullElse(settings.getProperty("server.address"), "");
        if (address.isBlank()) {
            return "0.0.0.0";
        }
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private String blobs() {
        try {
            return storage.check();
        } catch (UncheckedIOException e) {
            log.warn("blobs can't be reached, so that datasets and models can't be either: {}", e.getMessage());
            return "a storage that does not answer";
        }
    }
}
