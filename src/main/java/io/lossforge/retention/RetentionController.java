package io.lossforge.retention;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows what the next sweep would remove, or would remove under other settings. Changes nothing. */
@RestController
@RequestMapping("/api/v1/retention")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Retention", description = "How long data is kept, and what would go")
class RetentionController {

    private final RetentionSettings settings;
    private final List<Expiring> kinds;
    private final Sweep sweep;
    private final Blobs blobs;

    RetentionController(RetentionSettings settings, List<Expiring> kinds, Sweep sweep, Blobs blobs) {
        this.settings = settings;
        this.kinds = kinds;
        this.sweep = sweep;
        this.blobs = blobs;
    }

    @GetMapping
    @Operation(
            summary = "What the next sweep would remove: nothing is removed by asking",
            description = "A duration in the request stands in for the setting of that kind, to see what it would do.")
    @ApiResponse(responseCode = "200", description = "By kind of data; sizes are about right")
    @ApiResponse(responseCode = "400", description = "Not a duration", content = @Content)
    Retention getRetention(
            @Parameter(description = "As if lossforge.retention.metrics were this", example = "P90D")
                    @RequestParam(required = false)
                    @Nullable String metrics,
            @Parameter(description = "As if lossforge.retention.logs were this")
                    @RequestParam(required = false)
                    @Nullable String logs,
            @Parameter(description = "As if lossforge.retention.outputs were this")
                    @RequestParam(required = false)
                    @Nullable String outputs,
            @Parameter(description = "As if lossforge.retention.checkpoints were this")
                    @RequestParam(required = false)
                    @Nullable String checkpoints,
            @Parameter(description = "As if lossforge.retention.failed-jobs were this")
                    @RequestParam(required = false)
                    @Nullable String failedJobs,
            @Parameter(description = "As if lossforge.retention.superseded-datasets were this")
                    @RequestParam(required = false)
                    @Nullable String supersededDatasets,
            @Parameter(description = "Whether to look for blobs that nothing refers to; lists the whole storage")
                    @RequestParam(defaultValue = "false")
                    boolean unreferencedBlobs) {
        return new Retention(
                List.of(
                        due(Kind.METRICS, metrics),
                        due(Kind.LOGS, logs),
                        due(Kind.OUTPUTS, outputs),
                        due(Kind.CHECKPOINTS, checkpoints),
                        due(Kind.FAILED_JOBS, failedJobs),
                        due(Kind.SUPERSEDED_DATASETS, supersededDatasets),
                        due(Kind.LEAVING_METRICS, null),
                        due(Kind.ABANDONED_DATASETS, null)),
                blobs.waiting(),
                unreferencedBlobs ? blobs.unreferenced(false) : null);
    }

    private Due due(Kind kind, @Nullable String instead) {
        var kept = instead == null ? settings.kept(kind) : Optional.of(duration(kind, instead));
        var amount = kept.flatMap(age -> kinds.stream()
                        .filter(expiring -> expiring.kind() == kind)
                        .findFirst()
                        .map(expiring -> expiring.due(sweep.now().minus(age))))
                .orElse(new Expiring.Amount(0, 0));
        return new Due(kind.json(), kept.map(Duration::toString).orElse(null), amount.count(), amount.bytes());
    }

    private static Duration duration(Kind kind, String text) {
        try {
            var duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw ApiException.badRequest(
                "/" + kind.json(), "must be an ISO 8601 duration such as P90D, was \"%s\"".formatted(text));
    }

    /** What would go. */
    record Retention(
            List<Due> due,

            @Schema(description = "Keys in the storage that are released already and go within seconds")
            long blobsLeaving,

            @Schema(description = "Blobs an hour old or more that nothing refers to; null unless asked for")
            Blobs.@Nullable Unreferenced unreferencedBlobs) {}

    /** Of one kind. */
    @Schema(name = "RetentionDue")
    record Due(
            String kind,

            @Schema(description = "How long it is kept, ISO 8601; null if until it is deleted", example = "PT2160H")
            @Nullable String kept,

            @Schema(description = "Points, jobs, checkpoints or dataset versions that would go")
            long count,

            @Schema(description = "That become free, about") long bytes) {}
}
