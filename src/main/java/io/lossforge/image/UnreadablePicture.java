package io.lossforge.image;

/** The bytes are no picture that can be used. The message says why, fit to show to whoever sent them. */
public class UnreadablePicture extends Exception {

    private static final long serialVersionUID = 1L;

    public UnreadablePicture(String message) {
        super(message);
    }
}
