package io.lossforge.model;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Why a model, or one version of it, must not be deleted, and since when. */
@Schema(name = "ModelProtection")
record Protection(
        @Schema(description = "null without API keys") @Nullable String protectedBy,

        @Nullable String reason,
        Instant protectedAt) {

    /** Such as {@code since 2026-11-25T16:25:38Z by ops: audit}. */
    String shown() {
        return "since %s%s%s"
                .formatted(
                        protectedAt.truncatedTo(ChronoUnit.SECONDS),
                        protectedBy == null ? "" : " by " + protectedBy,
                        reason == null ? "" : ": " + reason);
    }
}
