package io.lossforge.dataset;

/** What was sent can't become a dataset. The message says what and where, fit to show to the sender. */
class RefusedUpload extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String pointer;

    /**
     * Refuses a part of the request.
     *
     * @param pointer JSON pointer to the part, such as {@code /file}
     */
    RefusedUpload(String pointer, String detail) {
        super(detail);
        this.pointer = pointer;
    }

    String pointer() {
        return pointer;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
