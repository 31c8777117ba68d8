package io.lossforge.demo;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** One line that says how far a job is. */
final class ProgressLine {

    private static final int WIDTH = 20;

    private ProgressLine() {}

    static String of(String loss, JsonNode job) {
        var state = job.path("state").asString();
        var progress = "SUCCEEDED".equals(state) ? 1 : job.path("progress").asDouble(0);
        int filled = (int) Math.round(progress * WIDTH);
        return "  %-9s [%s%s] %3.0f%%  %s"
                .formatted(loss, "#".repeat(filled), ".".repeat(WIDTH - filled), 100 * progress, detail(state, job));
    }

    private static String detail(String state, JsonNode job) {
        var metrics = job.path("latestMetrics");
        if (metrics.at("/train/loss").isMissingNode()) {
            return state.toLowerCase(java.util.Locale.ROOT);
        }
        return "epoch %2d/%d  loss %.4f  balanced accuracy %s  %s images/s%s"
                .formatted(
                        job.path("epoch").asInt(),
                        job.at("/spec/epochs").asInt(),
                        metrics.at("/train/loss").asDouble(),
                        percent(metrics.at("/validation/balancedAccuracy")),
                        whole(metrics.at("/train/imagesPerSecond")),
                        "RUNNING".equals(state) ? "  " + remaining(job) : "");
    }

    private static String remaining(JsonNode job) {
        var end = job.path("estimatedEnd");
        if (!end.isString()) {
            return "";
        }
        long seconds = Math.max(
                0,
                Duration.between(Instant.now(), Instant.parse(end.stringValue()))
                        .toSeconds());
        return "%d s left".formatted(seconds);
    }

    private static String percent(JsonNode rate) {
        return rate.isNumber() ? "%.1f%%".formatted(100 * rate.doubleValue()) : "-";
    }

    private static String whole(JsonNode number) {
        return number.isNumber() ? "%,.0f".formatted(number.doubleValue()) : "-";
    }
}
