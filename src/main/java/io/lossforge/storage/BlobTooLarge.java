package io.lossforge.storage;

/** More bytes came than may be stored under one key. */
public class BlobTooLarge extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long maxBytes;

    public BlobTooLarge(String key, long maxBytes) {
        super("blob %s has more than %d bytes".formatted(key, maxBytes));
        this.maxBytes = maxBytes;
    }

    /** The most that was allowed. */
    public long maxBytes() {
        return maxBytes;
    }
}
