package io.lossforge.admission;

import org.jspecify.annotations.Nullable;

/** A file, or what was said about it, can't become a model version. The message says why and what to do, fit to show to the sender. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_NAME = 80;

    private final String pointer;

    /** @param pointer JSON pointer to the form field, such as {@code /file} */
    Refusal(String pointer, String detail) {
        super(detail);
        this.pointer = pointer;
    }

    /** Of the file itself. */
    static Refusal file(String detail, @Nullable Object... shown) {
        return new Refusal("/file", detail.formatted(shown));
    }

    String pointer() {
        return pointer;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** A name that a stranger chose, for a message: in quotes, bounded, without control characters. */
    static String named(String name) {
        var clean = name.replaceAll("\\p{Cntrl}", "?");
        return '"' + (clean.length() > LONGEST_NAME ? clean.substring(0, LONGEST_NAME) + "…" : clean) + '"';
    }
}
