package io.lossforge.storage;

import java.time.Instant;

/**
 * A blob that is there.
 *
 * @param bytes size
 * @param modifiedAt when it was stored, by the clock of whoever keeps it
 */
public record Blob(String key, long bytes, Instant modifiedAt) {}
