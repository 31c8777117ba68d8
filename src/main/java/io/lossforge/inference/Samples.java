package io.lossforge.inference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The samples of a batch prediction, in order, mapped into memory, and what is known of each. */
interface Samples extends AutoCloseable {

    /**
     * What is known of a sample.
     *
     * @param split that it is of; null of one that was sent with the job
     * @param index from 0, within its split
     * @param file that it was sent as; null of one of a registered dataset
     * @param label its true class; null if it is not known
     */
    record Known(
            @Nullable String split,
            int index,
            @Nullable String file,
            @Nullable String label) {}

    /**
     * Opens a directory.
     *
     * @param split {@code train}, {@code test} or {@code all} of a packed dataset; {@code upload} of samples that were sent
     * @throws io.lossforge.training.MalformedDataset if anything in it is not as it should be
     */
    static Samples open(Path directory, String split) throws IOException {
        return split.equals(SentSamples.SPLIT) ? SentSamples.open(directory) : DatasetSamples.open(directory, split);
    }

    int count();

    /** Whether elements are uint8 pixels, else float32 features. */
    boolean pixels();

    /** Of one sample. */
    List<Integer> shape();

    /** Of one sample. */
    int bytes();

    /** Copies one sample as it is stored. Safe for several threads. */
    void read(int sample, ByteBuffer target, int offset);

    /** What is known of the next sample: in order, by one thread. */
    Known next() throws IOException;

    @Override
    void close() throws IOException;
}
