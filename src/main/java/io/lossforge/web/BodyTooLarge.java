package io.lossforge.web;

import java.io.IOException;
import java.util.Optional;

/** The body has more bytes than are taken. Thrown where it is read, so that whatever reads it sees a failed read. */
class BodyTooLarge extends IOException {

    private static final long serialVersionUID = 1L;

    private final long maxBytes;

    BodyTooLarge(long maxBytes) {
        super("body of more than %d bytes".formatted(maxBytes));
        this.maxBytes = maxBytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    /** The one among the exception and its causes. */
    static Optional<BodyTooLarge> in(Throwable thrown) {
        int depth = 0;
        for (var each = thrown; each != null && depth < 20; each = each.getCause()) {
            if (each instanceof BodyTooLarge found) {
                return Optional.of(found);
            }
            depth++;
        }
        return Optional.empty();
    }
}
