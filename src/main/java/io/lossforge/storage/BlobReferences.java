package io.lossforge.storage;

import java.util.Collection;
import java.util.Set;

/**
 * Which blobs are in use: said by the module whose rows refer to them, for all keys with its prefix. A blob whose key has nobody's prefix is
 * never removed.
 */
public interface BlobReferences {

    /** What its keys start with, such as {@code models/}. */
    String prefix();

    /** What a blob leaves together with: its own key, or the start of a key that ends with {@code /}. */
    default String unit(String key) {
        return key;
    }

    /** Those of the units that committed rows, or rows of this transaction, refer to. */
    Set<String> referenced(Collection<String> units);
}
