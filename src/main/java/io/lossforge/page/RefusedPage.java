package io.lossforge.page;

import java.util.Map;

/** The interface refused what a page needs; the page says so with the same status. */
final class RefusedPage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, Object> problem;

    RefusedPage(int status, Map<String, Object> problem) {
        super(String.valueOf(problem.get("detail")));
        this.status = status;
        this.problem = problem;
    }

    int status() {
        return status;
    }

    /** As the interface says it (RFC 9457). */
    Map<String, Object> problem() {
        return problem;
    }
}
