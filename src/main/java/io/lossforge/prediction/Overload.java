package io.lossforge.prediction;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.Callers;
import io.lossforge.web.ProblemWriter;
import io.lossforge.web.UnreadBody;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Refuses predictions for which there is no place before anything else is done about them: their body is not read, and neither sign-in
 * nor routing happen. Under overload most requests are refused, so that what a refusal costs is taken from those that are answered. Who
 * would not be let in gets no other answer than else.
 */
@Component
@ConditionalOnRole(Role.SERVER)
@Order(Ordered.HIGHEST_PRECEDENCE)
class Overload implements Filter {

    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);
    /** Longer bodies are not read to their end in order that the connection need not break under them. */
    private static final long MOST_SWALLOWED = 1 << 20;

    private static final Duration BETWEEN_LOG_LINES = Duration.ofSeconds(10);

    private final Engine engine;
    private final Callers callers;
    private final RefusedRequests refused;

    private final LongAdder unsaid = new LongAdder();
    private final AtomicLong lastSaid = new AtomicLong(System.nanoTime() - BETWEEN_LOG_LINES.toNanos());

    Overload(Engine engine, Callers callers, RefusedRequests refused) {
        this.engine = engine;
        this.callers = callers;
        this.refused = refused;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        var kind = PredictionPath.of(http);
        if (kind == null || !callers.letsIn(http)) {
            chain.doFilter(request, response);
            return;
        }
        var places = engine.places();
        if (!places.reserve()) {
            refuse(http, answer, kind);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            places.endReservation();
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, PredictionPath kind)
            throws IOException {
        long begin = System.nanoTime();
        long bytes = request.getContentLengthLong();
        if (bytes < 0 ? request.getHeader("Transfer-Encoding") != null : bytes > MOST_SWALLOWED) {
            UnreadBody.leave(request);
        }
        ProblemWriter.refuse(request, response, engine.busy());
        refused.count(kind, System.nanoTime() - begin);
        unsaid.increment();
        long last = lastSaid.get();
        if (begin - last >= BETWEEN_LOG_LINES.toNanos() && lastSaid.compareAndSet(last, begin)) {
            LOG.warn(
                    "{} predictions refused with 503 since this was last said: {} were under way, the most at a time",
                    unsaid.sumThenReset(),
                    engine.places().most());
        }
    }
}
