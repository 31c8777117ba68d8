package io.lossforge.prediction;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How predictions are served.
 *
 * @param cacheSize memory for loaded models, by estimate; the one not used for longest goes first, and the one in use stays even if
 *     it alone needs more
 * @param maxUpload largest {@code multipart/form-data} body of pictures; other bodies are bounded by {@code lossforge.web.max-body}
 * @param maxInstances most samples in one request
 * @param maxConcurrent most predictions under way at a time; one more is answered 503 with {@code Retry-After}
 * @param invocationsModel the model that {@code /invocations} answers with, as {@code name}, {@code name@alias} or {@code name:version}; a
 *     request's header {@code X-Amzn-SageMaker-Target-Model} goes first
 * @param runs runs of the engine at a time, of all models together; 0 for as many as processors
 * @param largestRun most samples that are joined into one run of the engine
 * @param longestWait of a prediction until the engine takes its first sample; then it is answered 503 with {@code Retry-After}
 * @param threads threads that work on one prediction together; 1 gives the most predictions per second, more make a single one of a
 *     large model faster
 */
@Validated
@ConfigurationProperties("lossforge.prediction")
record PredictionSettings(
        @DefaultValue("1GB") DataSize cacheSize,
        @DefaultValue("64MB") DataSize maxUpload,
        @DefaultValue("1024") @Min(1) @Max(65_536) int maxInstances,
        @DefaultValue("64") @Min(1) int maxConcurrent,
        @Nullable String invocationsModel,
        @DefaultValue("0") @Min(0) @Max(1024) int runs,
        @DefaultValue("64") @Min(1) @Max(65_536) int largestRun,
        @DefaultValue("10s") @DurationMin(millis = 1) Duration longestWait,
        @DefaultValue("1") @Min(1) @Max(1024) int threads) {

    Batching.Limits batching() {
        return new Batching.Limits(
                runs == 0 ? Runtime.getRuntime().availableProcessors() : runs, largestRun, longestWait);
    }
}
