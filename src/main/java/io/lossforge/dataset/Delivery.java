package io.lossforge.dataset;

import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one ingestion and what the sender says about them.
 *
 * @param files at least one; with a test part inside, or without
 * @param testFiles the test part where it comes in files of its own; may be empty
 */
record Delivery(
        List<Source> files,
        List<Source> testFiles,
        IngestOptions options,
        IngestLimits limits,
        Unpacking unpacking,
        Notices notices) {

    Stream<Source> all() {
        return Stream.concat(files.stream(), testFiles.stream());
    }
}
