package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Finds test samples whose inputs are among the training samples too, by 64 bits of their SHA-256. */
final class DuplicateSamples {

    /** Test samples up to which it is looked: 32 MiB of hashes. */
    static final int MOST = 4_000_000;

    private DuplicateSamples() {}

    /**
     * How many test samples occur in the training split.
     *
     * @param testCount at most {@link #MOST}
     */
    static long count(Path train, long trainCount, Path test, int testCount, int rowBytes) throws IOException {
        var hashes = new long[testCount];
        try (var in = PackedArray.rows(test)) {
            for (int i = 0; i < testCount; i++) {
                hashes[i] = next(in, rowBytes);
            }
        }
        Arrays.sort(hashes);
        var found = new boolean[testCount];
        try (var in = PackedArray.rows(train)) {
            for (long i = 0; i < trainCount; i++) {
                int at = Arrays.binarySearch(hashes, next(in, rowBytes));
                if (at >= 0) {
                    found[at] = true;
                }
            }
        }
        return countFound(hashes, found);
    }

    /** Equal hashes lie side by side; one found is all of them found. */
    private static long countFound(long[] hashes, boolean[] found) {
        long count = 0;
        for (int start = 0; start < hashes.length; ) {
            int end = start;
            boolean any = false;
            while (end < hashes.length && hashes[end] == hashes[start]) {
                any |= found[end++];
            }
            count += any ? end - start : 0;
            start = end;
        }
        return count;
    }

    private static long next(InputStream in, int rowBytes) throws IOException {
        return ByteBuffer.wrap(Sha256.digest().digest(in.readNBytes(rowBytes))).getLong();
    }
}
