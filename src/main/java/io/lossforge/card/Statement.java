package io.lossforge.card;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a version's owner says about it. */
@Schema(name = "ModelStatement")
record Statement(
        @Schema(description = "What it is meant for") @Nullable String intendedUse,

        @Schema(description = "What it is not fit for") @Nullable String limitations,

        @Schema(description = "Under which terms it may be used") @Nullable String licence,

        @Schema(description = "Whom to ask") @Nullable String contact,
        long revision,
        @Nullable String changedBy,
        Instant changedAt) {}
