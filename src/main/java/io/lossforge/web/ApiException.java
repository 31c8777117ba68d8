package io.lossforge.web;

import io.lossforge.catalogue.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * A refusal that the caller can act on. It becomes a problem (RFC 9457) with this status, code and detail; nothing else of it is
 * shown.
 */
public class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String code;
    private final String detail;
    private final transient List<Violation> violations;
    private final @Nullable Duration retryAfter;

    /**
     * A refusal.
     *
     * @param code what happened, for programs, in kebab case, such as {@code job-not-found}; part of the interface
     * @param detail what happened, for people: names the thing, its state and the refused act
     * @param violations what is wrong with the request, each with its JSON pointer; may be empty
     */
    public ApiException(HttpStatus status, String code, String detail, List<Violation> violations) {
        this(status, code, detail, violations, null);
    }

    private ApiException(
            HttpStatus status, String code, String detail, List<Violation> violations, @Nullable Duration retryAfter) {
        super(detail);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.violations = List.copyOf(violations);
        this.retryAfter = retryAfter;
    }

    /** 400 {@code invalid-request}: one value of the request is wrong. */
    public static ApiException badRequest(String pointer, String detail) {
        return new ApiException(
                HttpStatus.BAD_REQUEST, "invalid-request", detail, List.of(new Violation(pointer, detail)));
    }

    /** 404. */
    public static ApiException notFound(String code, String detail) {
        return new ApiException(HttpStatus.NOT_FOUND, code, detail, List.of());
    }

    /** 409: the thing's state does not allow the act. */
    public static ApiException conflict(String code, String detail) {
        return new ApiException(HttpStatus.CONFLICT, code, detail, List.of());
    }

    /** 412 {@code precondition-failed}: it is no longer what {@code If-Match} says. */
    public static ApiException preconditionFailed(String detail) {
        return new ApiException(HttpStatus.PRECONDITION_FAILED, "precondition-failed", detail, List.of());
    }

    /** 413 {@code content-too-large}. */
    public static ApiException tooLarge(String detail) {
        return new ApiException(HttpStatus.CONTENT_TOO_LARGE, "content-too-large", detail, List.of());
    }

    /** 415 {@code unsupported-media-type}. */
    public static ApiException unsupportedMediaType(String detail) {
        return new ApiException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail, List.of());
    }

    /** 422 {@code unprocessable}: well formed, but one value can't be used as things are, such as a dataset that is not there. */
    public static ApiException unprocessable(String pointer, String detail) {
        return unprocessable("unprocessable", detail, List.of(new Violation(pointer, detail)));
    }

    /** 422 with a code and several violations. */
    public static ApiException unprocessable(String code, String detail, List<Violation> violations) {
        return new ApiException(HttpStatus.UNPROCESSABLE_CONTENT, code, detail, violations);
    }

    /** 428 {@code precondition-required}: {@code If-Match} is missing. */
    public static ApiException preconditionRequired(String detail) {
        return new ApiException(HttpStatus.PRECONDITION_REQUIRED, "precondition-required", detail, List.of());
    }

    /**
     * 429: the caller asks too much.
     *
     * @param retryAfter sent as {@code Retry-After}, in whole seconds, at least 1
     */
    public static ApiException tooManyRequests(String code, String detail, Duration retryAfter) {
        return new ApiException(HttpStatus.TOO_MANY_REQUESTS, code, detail, List.of(), retryAfter);
    }

    /**
     * 503: it can't be done now, and may be later.
     *
     * @param retryAfter sent as {@code Retry-After}, in whole seconds, at least 1
     */
    public static ApiException unavailable(String code, String detail, Duration retryAfter) {
        return new ApiException(HttpStatus.SERVICE_UNAVAILABLE, code, detail, List.of(), retryAfter);
    }

    /** The status answered with. */
    public HttpStatus status() {
        return status;
    }

    /** What happened, in kebab case. */
    public String code() {
        return code;
    }

    /** What happened, in a sentence. */
    public String detail() {
        return detail;
    }

    /** What is wrong with the request; may be empty. */
    public List<Violation> violations() {
        return violations;
    }

    /** When to try again, null where that is not said. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
