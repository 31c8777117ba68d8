package io.lossforge.web;

import io.lossforge.catalogue.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON body, in words that know nothing of Java. */
final class JsonRefusals {

    private JsonRefusals() {}

    static Refusal of(HttpMessageNotReadableException unreadable) {
        var cause = unreadable.getCause();
        while (cause != null && !(cause instanceof JacksonException)) {
            cause = cause.getCause();
        }
        if (cause instanceof JacksonException json) {
            return of(json);
        }
        return new Refusal(
                HttpStatus.BAD_REQUEST,
                "invalid-request",
                unreadable.getCause() == null
                        ? "the request needs a body"
                        : "the body can't be read; it may have been cut off");
    }

    static Refusal of(JacksonException json) {
        if (json instanceof UnrecognizedPropertyException unknown) {
            var known = unknown.getKnownPropertyIds();
            return Refusal.invalid(
                    pointer(unknown),
                    Names.unknown(
                            "key",
                            unknown.getPropertyName(),
                            known == null
                                    ? java.util.List.of()
                                    : known.stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .toList()));
        }
        if (json instanceof InvalidFormatException format) {
            return Refusal.invalid(
                    pointer(format), wanted(format.getTargetType()) + ", was " + Refusals.shown(format.getValue()));
        }
        if (json instanceof InputCoercionException range) {
            return Refusal.invalid(pointer(range), wanted(range.getTargetType()));
        }
        if (json instanceof MismatchedInputException mismatch) {
            return mismatch(mismatch);
        }
        if (json instanceof StreamConstraintsException || json instanceof StreamReadException) {
            return malformed(json);
        }
        if (json instanceof DatabindException databind) {
            return Refusal.invalid(pointer(databind), "can't be read");
        }
        return malformed(json);
    }

    private static Refusal mismatch(MismatchedInputException mismatch) {
        var message = mismatch.getOriginalMessage();
        if (message.startsWith("No content to map")) {
            return new Refusal(HttpStatus.BAD_REQUEST, "invalid-request", "the request needs a body");
        }
        if (message.startsWith("Trailing token")) {
            return new Refusal(HttpStatus.BAD_REQUEST, "malformed-json", "the body goes on after its JSON value");
        }
        if (message.startsWith("Duplicate Object property") || message.startsWith("Duplicate property")) {
            return Refusal.invalid(pointer(mismatch), "comes twice");
        }
        if (message.contains("`null`") || message.startsWith("Cannot map `null`")) {
            return Refusal.invalid(pointer(mismatch), "must not be null");
        }
        if (message.startsWith("Missing required creator property")) {
            return Refusal.invalid(pointer(mismatch), "is required");
        }
        return Refusal.invalid(pointer(mismatch), wanted(mismatch.getTargetType()));
    }

    private static Refusal malformed(JacksonException json) {
        var location = json.getLocation();
        var where = location == null || location.getLineNr() < 1
                ? ""
                : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
        return new Refusal(
                HttpStatus.BAD_REQUEST, "malformed-json", "the body is not JSON that is taken: " + where + plain(json));
    }

    /** Jackson's words without what they say of its own source. */
    private static String plain(JacksonException json) {
        return json.getOriginalMessage()
                .replaceAll("\\s*\\(start marker at \\[.*?\\]\\)", "")
                .replaceAll(", from `[^`]*`", "")
                .replaceAll("\\s*\\(use [^)]*\\)", "")
                .replaceAll("[\\r\\n]+", " ");
    }

    private static String pointer(JacksonException json) {
        return json.getPath().stream()
                .map(step -> step.getPropertyName() == null
                        ? Integer.toString(step.getIndex())
                        : escape(step.getPropertyName()))
                .map(step -> "/" + step)
                .collect(Collectors.joining());
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** What a value of the type must look like. */
    static String wanted(@Nullable Class<?> type) {
        if (type == null) {
            return "can't be read";
        }
        if (type.isEnum()) {
            return "must be one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return "must be a number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "must be a whole number within bounds";
        }
        if (type == String.class) {
            return "must be a text";
        }
        if (type == UUID.class) {
            return "must be a UUID";
        }
        if (type == Instant.class) {
            return "must be a time such as 2026-11-23T04:00:00Z";
        }
        if (type == Duration.class) {
            return "must be an ISO 8601 duration such as PT2H";
        }
        return type.isArray() || Collection.class.isAssignableFrom(type) ? "must be an array" : "must be an object";
    }
}
