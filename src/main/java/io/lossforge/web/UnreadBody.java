package io.lossforge.web;

import jakarta.servlet.ServletRequest;

/** What is left of a body when its request has been answered. */
public final class UnreadBody {

    /** Holds what makes the server leave it. */
    static final String ATTRIBUTE = UnreadBody.class.getName();

    private UnreadBody() {}

    /**
     * Lets the server close the connection rather than read the rest of the body and throw it away, as it does in order that whoever is still sending gets to
     * read the answer. For bodies that might never end; their sender may find the connection broken instead of the answer.
     */
    public static void leave(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Runnable leave) {
            leave.run();
        }
    }
}
