package io.lossforge.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Bytes by key. A key is one or more segments of letters, digits, {@code .}, {@code _} and {@code -}, joined by
 * {@code /}, such as {@code models/5f1d.onnx}; a segment is neither {@code .} nor {@code ..}.
 *
 * <p>A blob is there as a whole or not at all: a reader never sees one half written, and a process that dies while it writes
 * leaves the former blob in place. Safe for several threads and processes; of two that write one key, the last one wins.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a key that is none, and {@link java.io.UncheckedIOException}
 * when the file system or the object store fails.
 */
public interface Storage {

    /** Stores a file's bytes under the key, in place of what was there. */
    Stored put(String key, Path file);

    /**
     * Stores everything the stream yields, which stays the caller's to close.
     *
     * @throws BlobTooLarge if the stream has more than {@code maxBytes} bytes; the key is then as it was
     */
    Stored put(String key, InputStream bytes, long maxBytes);

    /**
     * A stream over the blob, for the caller to close.
     *
     * @throws NoSuchBlob if there is none under the key
     */
    InputStream open(String key);

    /**
     * Copies the blob into a local file, in place of what was there; the file appears as a whole or not at all.
     *
     * @throws NoSuchBlob if there is none under the key
     */
    void copyTo(String key, Path target);

    /** Whether there is a blob under the key. */
    boolean exists(String key);

    /** Removes the blob; nothing happens if there is none. */
    void delete(String key);

    /**
     * The keys that start with the prefix, in alphabetical order; the empty prefix lists all. Cost grows with the number of keys
     * listed.
     *
     * @param prefix the beginning of a key, not necessarily at a segment's end
     */
    default List<String> list(String prefix) {
        var keys = new ArrayList<String>();
        scan(prefix, blob -> keys.add(blob.key()));
        keys.sort(null);
        return List.copyOf(keys);
    }

    /**
     * Gives every blob whose key starts with the prefix, in no particular order; one that is stored or removed meanwhile may be missed. Needs
     * little memory however many there are.
     *
     * @param prefix the beginning of a key, not necessarily at a segment's end; the empty prefix means all
     */
    void scan(String prefix, Consumer<Blob> found);

    /**
     * Removes what writers that died left half written, which no key leads to.
     *
     * @param before what was last written to earlier is given up
     */
    void removeUnfinished(Instant before);

    /**
     * Tries whether blobs can be reached.
     *
     * @return where they are kept, for the operator, such as {@code s3://lossforge}
     */
    String check();
}
