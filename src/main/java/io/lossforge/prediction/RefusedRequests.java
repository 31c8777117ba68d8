package io.lossforge.prediction;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Counts the predictions that are refused ahead of all else: by themselves, and among the requests of the server as if they had gone all the way. */
@Component
@ConditionalOnRole(Role.SERVER)
class RefusedRequests {

    private final Counter refused;
    private final Map<PredictionPath, Timer> requests;

    RefusedRequests(MeterRegistry registry) {
        refused = Counter.builder("lossforge.prediction.refused")
                .description("Predictions refused because as many as are allowed were under way")
                .register(registry);
        requests = new EnumMap<>(Arrays.stream(PredictionPath.values())
                .collect(Collectors.toMap(Function.identity(), path -> timer(registry, path))));
    }

    /** With the tags that Spring gives the others. */
    private static Timer timer(MeterRegistry registry, PredictionPath path) {
        return Timer.builder("http.server.requests")
                .tags("error", "none", "exception", "none", "method", "POST")
                .tags("outcome", "SERVER_ERROR", "status", "503", "uri", path.template())
                .register(registry);
    }

    void count(PredictionPath path, long nanoseconds) {
        refused.increment();
        Objects.requireNonNull(requests.get(path)).record(nanoseconds, TimeUnit.NANOSECONDS);
    }
}
