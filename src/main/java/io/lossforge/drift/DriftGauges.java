package io.lossforge.drift;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Drift of the versions that this server was asked lately, for Prometheus. Each server tells that of all servers' samples in the last hour, so they
 * agree but for seconds: take the greatest, do not add.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class DriftGauges {

    private final DriftWatch watch;
    private final MultiGauge indices;
    private final MultiGauge samples;

    DriftGauges(DriftWatch watch, MeterRegistry registry) {
        this.watch = watch;
        indices = MultiGauge.builder("lossforge.model.drift")
                .description(
                        "Population stability index of the last hour against training: of the input that drifted most, and of the predicted classes; NaN with fewer than 200 samples")
                .register(registry);
        samples = MultiGauge.builder("lossforge.model.drift.samples")
                .description("Samples of the last hour that were looked at for drift")
                .register(registry);
    }

    /** Reads them anew; versions not asked for an hour leave. */
    @Scheduled(fixedDelay = 60, initialDelay = 60, timeUnit = TimeUnit.SECONDS)
    void refresh() {
        var reports = watch.versions().stream()
                .map(of -> watch.report(of.version(), DriftWindows.USUAL, 1))
                .toList();
        indices.register(
                reports.stream()
                        .flatMap(report -> Stream.of(
                                MultiGauge.Row.of(tags(report).and("of", "input"), report.worstInput()),
                                MultiGauge.Row.of(tags(report).and("of", "predictions"), report.ofPredictions())))
                        .toList(),
                true);
        samples.register(
                reports.stream()
                        .map(report -> MultiGauge.Row.of(tags(report), report.samples()))
                        .toList(),
                true);
    }

    private static Tags tags(DriftReport report) {
        return Tags.of("model", report.model(), "version", Integer.toString(report.version()));
    }
}
