package io.lossforge.dataset;

/** Names that others chose, made fit for messages and logs. */
final class Shown {

    private static final int LONGEST = 120;

    private Shown() {}

    /** Without control characters, and not longer than 120 characters. */
    static String name(String name) {
        var shown = new StringBuilder();
        name.codePoints()
                .limit(LONGEST)
                .forEach(point -> shown.append(
                        Character.isISOControl(point) || Character.getType(point) == Character.FORMAT
                                ? "\\u%04x".formatted(point)
                                : Character.toString(point)));
        return name.codePointCount(0, name.length()) > LONGEST ? shown + "…" : shown.toString();
    }

    /** Bytes that are no text: what is not printable ASCII as {@code \xNN}. */
    static String bytes(byte[] bytes) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, LONGEST); i++) {
            int value = bytes[i] & 0xff;
            shown.append(value >= ' ' && value < 127 ? Character.toString(value) : "\\x%02x".formatted(value));
        }
        return shown.toString();
    }
}
