package io.lossforge.storage;

import java.util.Arrays;
import java.util.regex.Pattern;

/** The one rule for keys, so that none escapes the directory or the bucket. */
final class Keys {

    private static final int LONGEST = 512;
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9._-]+(/[a-zA-Z0-9._-]+)*");
    private static final Pattern PREFIX = Pattern.compile("([a-zA-Z0-9._-]+/)*[a-zA-Z0-9._-]*");

    private Keys() {}

    /**
     * The key itself.
     *
     * @throws IllegalArgumentException if it is none
     */
    static String checked(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("storage key \"%s\" must match %s".formatted(key, KEY.pattern()));
        }
        return plain(key);
    }

    /**
     * The prefix itself.
     *
     * @throws IllegalArgumentException if no key can start with it
     */
    static String checkedPrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "storage prefix \"%s\" must match %s".formatted(prefix, PREFIX.pattern()));
        }
        return plain(prefix);
    }

    private static String plain(String key) {
        if (key.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "storage key of %d characters, at most %d".formatted(key.length(), LONGEST));
        }
        if (Arrays.stream(key.split("/")).anyMatch(segment -> segment.equals(".") || segment.equals(".."))) {
            throw new IllegalArgumentException("storage key \"%s\" must not have a segment . or ..".formatted(key));
        }
        return key;
    }
}
