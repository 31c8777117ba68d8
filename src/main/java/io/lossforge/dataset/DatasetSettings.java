package io.lossforge.dataset;

import io.lossforge.image.Limits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds on what is ingested, and where else than from uploads.
 *
 * @param maxUpload largest upload, of all its files together; answered with 413 above. Holds for every multipart request
 * @param directory folder of this machine from which datasets may be ingested by the form field `path`; absent refuses such requests
 * @param maxEntries files and folders in one archive, at most
 * @param maxUnpacked bytes that one upload may unpack to
 * @param maxRatio how many times its own size an upload may unpack to, once that is more than 64 MB
 * @param maxClasses classes in one dataset, at most
 * @param maxPixels width times height of one picture, at most
 * @param decoders threads that decode the pictures of one upload; absent means one per core
 * @param atOnce uploads that are packed at a time; others wait for up to a minute, and are then answered with 503
 */
@Validated
@ConfigurationProperties("lossforge.dataset")
record DatasetSettings(
        @DefaultValue("20GB") DataSize maxUpload,
        @Nullable Path directory,
        @DefaultValue("5000000") @Min(1) long maxEntries,
        @DefaultValue("200GB") DataSize maxUnpacked,
        @DefaultValue("200") @Min(1) int maxRatio,
        @DefaultValue("10000") @Min(2) @Max(100_000) int maxClasses,

        @DefaultValue("50000000") @Min(1) @Max(1_000_000_000) long maxPixels,

        @Min(1) @Max(256) @Nullable Integer decoders,
        @DefaultValue("2") @Min(1) int atOnce) {

    IngestLimits limits() {
        return new IngestLimits(
                maxEntries,
                maxUnpacked.toBytes(),
                maxRatio,
                maxClasses,
                new Limits(maxPixels, Limits.DEFAULT.maxBytes()),
                decoders == null ? Runtime.getRuntime().availableProcessors() : decoders);
    }
}
