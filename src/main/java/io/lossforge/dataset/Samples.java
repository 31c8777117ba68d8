package io.lossforge.dataset;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads single samples of a packed dataset. */
final class Samples {

    private Samples() {}

    /**
     * One sample as it is packed.
     *
     * @param index within its split
     * @param label position of its class
     * @param row uint8 pixels or little-endian float32 values
     */
    record Sample(long index, int label, byte[] row) {}

    /**
     * Samples spread evenly over a split, or over one class of it, in their order.
     *
     * @param directory of the packed dataset
     * @param rowBytes of one sample
     * @param matching how many there are to choose from
     * @param label the class; negative for all
     * @param limit how many, at most
     */
    static List<Sample> spread(Path directory, Split split, int rowBytes, long matching, int label, int limit)
            throws IOException {
        var samples = new ArrayList<Sample>();
        long wanted = Math.min(limit, matching);
        try (var labels = PackedArray.rows(directory.resolve(split.lowerCase() + "-labels.npy"));
                var inputs = FileChannel.open(directory.resolve(split.lowerCase() + "-inputs.npy"))) {
            long seen = 0;
            for (long index = 0; samples.size() < wanted; index++) {
                int found = PackedArray.nextLabel(labels);
                if (label >= 0 && found != label) {
                    continue;
                }
                if (seen == samples.size() * matching / wanted) {
                    samples.add(new Sample(index, found, PackedArray.row(inputs, rowBytes, index)));
                }
                seen++;
            }
        }
        return samples;
    }
}
