package io.lossforge.job;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;

/** Which jobs were cancelled together. */
record BulkCancellation(
        @Schema(description = "Whether this only says what would be cancelled")
        boolean dryRun,

        @Schema(description = "Jobs that were ended or are about to")
        int count,

        @Schema(description = "Their ids, oldest first") List<UUID> ids,

        @Schema(description = "Whether there are more than one call takes: ask again for the rest")
        boolean more) {}
