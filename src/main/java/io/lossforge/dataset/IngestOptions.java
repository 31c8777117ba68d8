package io.lossforge.dataset;

import org.jspecify.annotations.Nullable;

/**
 * What the sender says about the files.
 *
 * @param imageSize the size to bring pictures to, or the size that rows of numbers have; null to take what comes
 * @param labelColumn of a CSV: name, or index from 0, negative from the end; null for the last
 * @param maxValue the number that is full brightness, where numbers become pixels; null for the format's default
 */
record IngestOptions(
        @Nullable ImageSize imageSize,
        @Nullable String labelColumn,
        @Nullable Double maxValue) {

    static final IngestOptions NONE = new IngestOptions(null, null, null);
}
