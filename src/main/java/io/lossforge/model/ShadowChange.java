package io.lossforge.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of an alias's shadow.
 *
 * @param revision 1, 2, 3 … of the alias's shadows
 * @param version null when it ended
 * @param share null likewise
 * @param changedBy who asked for it; null where nobody signs in
 */
public record ShadowChange(
        long revision,
        @Nullable Integer version,
        @Nullable Double share,
        @Nullable String changedBy,
        Instant changedAt) {}
