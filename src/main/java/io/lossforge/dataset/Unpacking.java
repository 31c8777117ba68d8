package io.lossforge.dataset;

import io.lossforge.image.Limits;

/** Counts what one delivery unpacks to and stops it at the bounds: decompression bombs end here. */
class Unpacking {

    /** Below this the ratio says nothing: a blank page may well shrink a thousandfold. */
    private static final long SMALL = 64L << 20;

    /** For a look at the beginning only. */
    static final Unpacking UNBOUNDED =
            new Unpacking(Long.MAX_VALUE, new IngestLimits(Long.MAX_VALUE, Long.MAX_VALUE, 1, 0, Limits.DEFAULT, 1)) {
                @Override
                void unpacked(Source source, long bytes) {}

                @Override
                void entry(Source source) {}
            };

    private final long delivered;
    private final IngestLimits limits;
    private long unpacked;
    private long entries;

    /**
     * Starts at nothing.
     *
     * @param delivered bytes as they came
     */
    Unpacking(long delivered, IngestLimits limits) {
        this.delivered = delivered;
        this.limits = limits;
    }

    /** The same bounds from the start, for another pass over the same bytes. */
    Unpacking again() {
        return new Unpacking(delivered, limits);
    }

    void unpacked(Source source, long bytes) {
        unpacked += bytes;
        if (unpacked > limits.maxUnpackedBytes()) {
            throw source.refused("unpacks to more than %d bytes (lossforge.dataset.max-unpacked)"
                    .formatted(limits.maxUnpackedBytes()));
        }
        if (unpacked > SMALL && unpacked / limits.maxRatio() > delivered) {
            throw source.refused("unpacks to more than %d times its size (lossforge.dataset.max-ratio)"
                    .formatted(limits.maxRatio()));
        }
    }

    void entry(Source source) {
        entries++;
        checkEntries(source, entries);
    }

    void checkEntries(Source source, long count) {
        if (count > limits.maxEntries()) {
            throw source.refused(
                    "has more than %d entries (lossforge.dataset.max-entries)".formatted(limits.maxEntries()));
        }
    }
}
