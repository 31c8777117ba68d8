package io.lossforge.prediction;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
        @DefaultValue("1") @Min(1) @Max(1024) int threads) {}
