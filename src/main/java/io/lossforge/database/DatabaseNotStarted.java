package io.lossforge.database;

import org.jspecify.annotations.Nullable;

/** The embedded database can't be used; the message says why. The service does not start. */
class DatabaseNotStarted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DatabaseNotStarted(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
