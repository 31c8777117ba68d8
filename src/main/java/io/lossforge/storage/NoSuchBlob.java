package io.lossforge.storage;

/** There is no blob under the key. */
public class NoSuchBlob extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NoSuchBlob(String key) {
        super("no blob under the key " + key);
    }
}
