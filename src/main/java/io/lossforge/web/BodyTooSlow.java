package io.lossforge.web;

import java.io.IOException;

/** The body comes too slowly to be waited for. Thrown where it is read. */
class BodyTooSlow extends IOException {

    private static final long serialVersionUID = 1L;

    BodyTooSlow(long bytes, long seconds) {
        super("only %d bytes of the body had come after %d s".formatted(bytes, seconds));
    }

    /** Whether it is among the exception and its causes. */
    static boolean in(Throwable thrown) {
        int depth = 0;
        for (var each = thrown; each != null && depth < 20; each = each.getCause()) {
            if (each instanceof BodyTooSlow) {
                return true;
            }
            depth++;
        }
        return false;
    }
}
