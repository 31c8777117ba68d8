package io.lossforge.model;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;

/** What has to be done before two versions can be compared on a dataset. */
@Schema(
        name = "PendingComparison",
        description =
                "The comparison needs predictions that are not stored yet: ask again when these jobs have succeeded")
record PendingComparison(List<Run> runs) {

    /** A job that runs a version over the samples. */
    @Schema(name = "PendingRun")
    record Run(
            int version,
            @Schema(description = "The batch prediction") UUID job,
            @Schema(description = "Where to follow it") String link) {

        static Run of(int version, UUID job) {
            return new Run(version, job, "/api/v1/jobs/" + job);
        }
    }
}
