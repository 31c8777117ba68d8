package io.lossforge.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers a request that failed, wherever it failed: in a controller, a filter or the server itself. Problem details (RFC 9457)
 * everywhere but below {@code /v2}, where the Open Inference Protocol wants {@code {"error": …}}.
 */
public final class ProblemWriter {

    private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private ProblemWriter() {}

    /**
     * Answers with what the exception means, and writes it to the log if it is the service's own fault. Nothing happens if the
     * answer has begun.
     */
    public static void write(HttpServletRequest request, HttpServletResponse response, Throwable thrown)
            throws IOException {
        if (thrown instanceof IOException && response.isCommitted()) {
            log.debug("{} {}: the client has gone before the end of its answer", request.getMethod(), path(request));
            return;
        }
        var refusal = Refusals.of(thrown);
        if (refusal.isUnexpected()) {
            log.error("{} {} failed; answered 500 with this traceId", request.getMethod(), path(request), thrown);
        } else if (refusal.status() >= 500) {
            log.warn(
                    "{} {} answered {}: {}",
                    request.getMethod(),
                    path(request),
                    refusal.status(),
                    Refusals.reason(thrown));
        }
        write(request, response, refusal);
    }

    /** Answers with a refusal that is nobody's fault and of which there are many: the log says nothing of it. */
    public static void refuse(HttpServletRequest request, HttpServletResponse response, ApiException refusal)
            throws IOException {
        write(request, response, Refusals.of(refusal));
    }

    static void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.reset();
        refusal.headers().forEach(response::setHeader);
        var traceId = Trace.id(request);
        response.setHeader(Trace.HEADER, traceId);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-store");
        if (refusal.status() == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"lossforge\"");
        }
        response.setStatus(refusal.status());
        response.setContentType(contentType(path(request)));
        response.setCharacterEncoding("UTF-8");
        response.getOutputStream().write(body(path(request), refusal, traceId));
        response.flushBuffer();
    }

    static String contentType(String path) {
        return isOpenInference(path) ? MediaType.APPLICATION_JSON_VALUE : MediaType.APPLICATION_PROBLEM_JSON_VALUE;
    }

    static byte[] body(String path, Refusal refusal, String traceId) {
        return JSON.writeValueAsBytes(
                isOpenInference(path) ? Map.of("error", sentence(refusal)) : Problem.of(refusal, path, traceId));
    }

    private static String sentence(Refusal refusal) {
        if (refusal.errors().size() < 2) {
            return refusal.detail();
        }
        return refusal.detail()
                + refusal.errors().stream()
                        .map(error -> error.pointer() + " " + error.detail())
                        .collect(Collectors.joining("; ", ": ", ""));
    }

    private static boolean isOpenInference(String path) {
        return path.equals("/v2") || path.startsWith("/v2/");
    }

    /** The path asked for, also while the server dispatches to the error page. */
    private static String path(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path
                ? path
                : request.getRequestURI();
    }
}
