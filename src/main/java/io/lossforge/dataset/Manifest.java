package io.lossforge.dataset;

import java.util.List;
import java.util.Map;

/**
 * What {@code manifest.json} says of a packed dataset.
 *
 * @param format {@value #FORMAT}
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param kind {@code images} or {@code features}
 * @param shape of one sample: {@code [C,H,W]} or {@code [D]}
 * @param classes names in the order of the labels
 * @param splits both, always
 * @param files size and hash of each file beside the manifest, by name
 */
record Manifest(
        String format,
        int formatVersion,
        String kind,
        List<Integer> shape,
        List<String> classes,
        Splits splits,
        Map<String, PackedFile> files) {

    static final String FORMAT = "lossforge-packed";
    static final int FORMAT_VERSION = 1;
    static final String NAME = "manifest.json";

    /** The two parts. */
    record Splits(PackedSplit train, PackedSplit test) {}

    /**
     * One part.
     *
     * @param perClass samples per class
     * @param inputs file name of the inputs
     * @param labels file name of the labels
     */
    record PackedSplit(long count, List<Long> perClass, String inputs, String labels) {}

    /**
     * One file.
     *
     * @param sha256 64 hexadecimal digits
     */
    record PackedFile(long bytes, String sha256) {}
}
