package io.lossforge.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Names every request: the trace id of a valid W3C {@code traceparent}, else a new one. It is in the answer's {@value #HEADER}, in
 * problems, and in the log as {@code traceId}.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class Trace extends OncePerRequestFilter {

    static final String HEADER = "X-Trace-Id";

    private static final String ATTRIBUTE = Trace.class.getName();
    private static final String LOGGED = "traceId";
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var id = id(request);
        response.setHeader(HEADER, id);
        MDC.put(LOGGED, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOGGED);
        }
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    /** The request's trace id, made up if it has none yet: 32 hexadecimal digits. */
    static String id(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof String known) {
            return known;
        }
        var id = of(request instanceof HttpServletRequest http ? http.getHeader("traceparent") : null);
        request.setAttribute(ATTRIBUTE, id);
        return id;
    }

    /** The trace id of a {@code traceparent}, or a new one if that is missing or malformed. */
    static String of(@Nullable String traceparent) {
        if (traceparent != null) {
            var matcher = TRACEPARENT.matcher(traceparent);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        var random =
                ThreadLocalRandom.current(); // nobody gains by guessing it, and all threads would wait for a secure one
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }
}
