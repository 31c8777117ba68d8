package io.lossforge.dataset;

import java.nio.file.Path;

/**
 * A packed dataset on the local disk.
 *
 * @param directory holds {@code manifest.json} and the files it names
 * @param sha256 of {@code manifest.json}
 * @param bytes of the arrays
 */
record Packed(Path directory, Manifest manifest, String sha256, long bytes) {}
