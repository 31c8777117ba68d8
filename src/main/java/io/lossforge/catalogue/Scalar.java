package io.lossforge.catalogue;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A value that is not composed of others, about to be read: a number, a text, a boolean, an enum, a duration.
 *
 * @param bounds null for none
 * @param violations takes what is wrong with it
 */
record Scalar(JsonNode json, @Nullable Parameter bounds, String pointer, List<Violation> violations) {

    /** Whole numbers up to this are exact as a double. */
    private static final double EXACT = 0x1p53;

    /** The value, or null where it was refused. */
    @Nullable Object read(Class<?> type) {
        if (type.isEnum()) {
            return readEnum(type);
        }
        if (type == boolean.class || type == Boolean.class) {
            return readBoolean();
        }
        if (type == int.class || type == Integer.class) {
            var whole = readWhole(Integer.MIN_VALUE, Integer.MAX_VALUE);
            return whole == null ? null : Math.toIntExact(whole);
        }
        if (type == long.class || type == Long.class) {
            return readWhole(Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return readNumber();
        }
        if (type == Duration.class) {
            return readDuration();
        }
        if (type == String.class) {
            return readText();
        }
        throw new IllegalStateException("a parameter cannot be a " + type);
    }

    private @Nullable Object readEnum(Class<?> type) {
        var constants = Arrays.stream(type.getEnumConstants())
                .map(constant -> (Enum<?>) constant)
                .toList();
        var named = constants.stream()
                .filter(constant -> json.isString() && jsonName(constant).equals(json.stringValue()))
                .findFirst();
        if (named.isEmpty()) {
            refuse("must be one of " + constants.stream().map(Scalar::jsonName).collect(Collectors.joining(", ")));
        }
        return named.orElse(null);
    }

    /** {@code MEAN_CLASSES} is {@code meanClasses} in JSON. */
    static String jsonName(Enum<?> constant) {
        var words = constant.name().toLowerCase(Locale.ROOT).split("_", -1);
        var name = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return name.toString();
    }

    private @Nullable Boolean readBoolean() {
        if (!json.isBoolean()) {
            refuse("must be true or false");
            return null;
        }
        return json.booleanValue();
    }

    private @Nullable Double readNumber() {
        double number = number();
        if (!Double.isFinite(number)) {
            refuse("must be a finite number");
            return null;
        }
        return isWithinBounds(number, Scalar::plain) ? (Double) number : null;
    }

    /** A number without a fraction is whole, also when it is written {@code 20.0}: many clients have no other numbers. */
    private @Nullable Long readWhole(long least, long greatest) {
        double number = number();
        if (number != Math.rint(number)) {
            refuse("must be a whole number");
            return null;
        }
        if (!isWithinBounds(number, Scalar::plain)) {
            return null;
        }
        boolean exact = json.isIntegralNumber() ? json.canConvertToLong() : Math.abs(number) <= EXACT;
        long whole = json.numberValue().longValue();
        if (!exact || whole < least || whole > greatest) {
            refuse("must be a whole number from %d to %d".formatted(least, greatest));
            return null;
        }
        return whole;
    }

    private double number() {
        return json.isNumber() ? json.numberValue().doubleValue() : Double.NaN;
    }

    private @Nullable Duration readDuration() {
        try {
            var duration = json.isString() ? Duration.parse(json.stringValue()) : Duration.ZERO;
            if (duration.compareTo(Duration.ZERO) > 0) {
                return isWithinBounds(
                                duration.toMillis() / 1000.0,
                                seconds -> Duration.ofSeconds((long) seconds).toString())
                        ? duration
                        : null;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // said below, with what would be right
        }
        refuse("must be an ISO 8601 duration longer than zero, such as PT2H");
        return null;
    }

    private @Nullable String readText() {
        if (!json.isString()) {
            refuse("must be a text");
            return null;
        }
        var text = json.stringValue();
        if (bounds != null && text.length() > bounds.maxLength()) {
            refuse("must have at most %d characters".formatted(bounds.maxLength()));
            return null;
        }
        if (text.codePoints().anyMatch(Names::unprintable)) {
            refuse("must not have control characters or halves of a surrogate pair");
            return null;
        }
        if (bounds != null && !bounds.pattern().isEmpty() && !text.matches(bounds.pattern())) {
            refuse("must match " + bounds.pattern());
            return null;
        }
        return text;
    }

    private boolean isWithinBounds(double number, DoubleFunction<String> shown) {
        if (bounds == null) {
            return true;
        }
        if (number < bounds.min() || (bounds.exclusiveMin() && number == bounds.min())) {
            refuse("must be %s %s".formatted(bounds.exclusiveMin() ? ">" : ">=", shown.apply(bounds.min())));
            return false;
        }
        if (number > bounds.max() || (bounds.exclusiveMax() && number == bounds.max())) {
            refuse("must be %s %s".formatted(bounds.exclusiveMax() ? "<" : "<=", shown.apply(bounds.max())));
            return false;
        }
        return true;
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e16
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }

    private void refuse(String detail) {
        violations.add(new Violation(pointer, detail + ", was " + kind(json)));
    }

    /** What a value is, short enough for a message whatever was sent. */
    static String kind(JsonNode json) {
        if (json.isObject()) {
            return "an object";
        }
        if (json.isArray()) {
            return "an array";
        }
        return json.isString() ? '"' + Names.shown(json.stringValue()) + '"' : Names.shown(json.toString());
    }
}
