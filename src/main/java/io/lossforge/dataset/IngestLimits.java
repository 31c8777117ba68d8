package io.lossforge.dataset;

import io.lossforge.image.Limits;

/**
 * Bounds on what is read, so that no upload exhausts the process.
 *
 * @param maxEntries files and folders in an archive
 * @param maxUnpackedBytes of everything unpacked
 * @param maxRatio unpacked to uploaded bytes, once more than 64 MiB are unpacked
 * @param maxClasses classes in a dataset
 * @param pictures bounds on one picture
 * @param decoders threads that decode pictures
 */
record IngestLimits(
        long maxEntries, long maxUnpackedBytes, int maxRatio, int maxClasses, Limits pictures, int decoders) {}
