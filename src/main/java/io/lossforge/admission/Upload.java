package io.lossforge.admission;

import org.jspecify.annotations.Nullable;

/**
 * A file as it was sent.
 *
 * @param name null if it had none
 * @param by who sent it; null without API keys
 */
record Upload(
        @Nullable String name,
        String sha256,
        long bytes,
        @Nullable String by) {}
