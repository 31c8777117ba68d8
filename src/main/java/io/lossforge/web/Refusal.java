package io.lossforge.web;

import io.lossforge.catalogue.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * What an exception means to the caller: a problem before it is known which request it belongs to.
 *
 * @param headers more headers of the answer, such as {@code Allow}
 */
record Refusal(int status, String code, String detail, List<Violation> errors, Map<String, String> headers) {

    Refusal(HttpStatus status, String code, String detail) {
        this(status.value(), code, detail, List.of(), Map.of());
    }

    /** Nothing is known but the status. */
    static Refusal of(int status) {
        var known = HttpStatus.resolve(status);
        if (known == null) {
            return new Refusal(status, "error", "the request failed", List.of(), Map.of());
        }
        return new Refusal(known, code(known), detail(known));
    }

    /** One value of the request is wrong. */
    static Refusal invalid(String pointer, String detail) {
        return invalid(List.of(new Violation(pointer, detail)));
    }

    /** Values of the request are wrong. */
    static Refusal invalid(List<Violation> violations) {
        var first = violations.get(0);
        var detail = violations.size() == 1
                ? (first.pointer().isEmpty() ? "" : first.pointer() + " ") + first.detail()
                : "%d values of the request are wrong".formatted(violations.size());
        return new Refusal(HttpStatus.BAD_REQUEST.value(), "invalid-request", detail, violations, Map.of());
    }

    Refusal with(Map<String, String> more) {
        return new Refusal(status, code, detail, errors, more);
    }

    /** Whether the fault is the service's, and unforeseen. */
    boolean isUnexpected() {
        return code.equals("internal-error");
    }

    /** {@code NOT_FOUND} is {@code not-found}. */
    static String code(HttpStatus status) {
        return status == HttpStatus.INTERNAL_SERVER_ERROR
                ? "internal-error"
                : status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String detail(HttpStatus status) {
        return switch (status) {
            case BAD_REQUEST -> "the request can't be understood";
            case UNAUTHORIZED -> "this needs an API key: Authorization: Bearer <key>";
            case FORBIDDEN -> "this is not allowed";
            case NOT_FOUND -> "there is nothing here";
            case INTERNAL_SERVER_ERROR -> "something went wrong in the service; its log says more under this traceId";
            default -> status.getReasonPhrase();
        };
    }
}
