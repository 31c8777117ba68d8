package io.lossforge.prediction;

import io.lossforge.catalogue.Names;
import io.lossforge.catalogue.Violation;
import io.lossforge.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** JSON bodies of predictions, read token by token. */
final class JsonBodies {

    /** Reads NaN and Infinity too, so that they can be refused by name. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(100)
                    .maxNameLength(200)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonBodies() {}

    /**
     * Lets a reader have the body.
     *
     * @throws HttpMessageNotReadableException if it is not JSON, or ends too early
     */
    static <T> T read(HttpServletRequest request, Function<JsonParser, T> reader) throws IOException {
        return read(request, request.getInputStream(), reader);
    }

    /** Like {@link #read(HttpServletRequest, Function)}, of a part of the body. */
    static <T> T read(HttpServletRequest request, InputStream part, Function<JsonParser, T> reader) throws IOException {
        try (var json = JSON.createParser(ObjectReadContext.empty(), part)) {
            return reader.apply(json);
        } catch (JacksonIOException e) {
            throw unreadable(e.getCause(), request);
        } catch (JacksonException e) {
            throw unreadable(e, request);
        }
    }

    /** What any other resource throws for such a body, so that the answer is the same. */
    private static HttpMessageNotReadableException unreadable(@Nullable Throwable cause, HttpServletRequest request) {
        return new HttpMessageNotReadableException("unreadable body", cause, new ServletServerHttpRequest(request));
    }

    static ApiException unknownKey(String parent, String key, String... known) {
        return new ApiException(
                HttpStatus.BAD_REQUEST,
                "invalid-request",
                Names.unknown("key", key, List.of(known)),
                List.of(new Violation(
                        parent + "/" + key.replace("~", "~0").replace("/", "~1"),
                        Names.unknown("key", key, List.of(known)))));
    }

    static void expectEnd(JsonParser json) {
        if (json.nextToken() != null) {
            throw new ApiException(
                    HttpStatus.BAD_REQUEST, "malformed-json", "the body goes on after its JSON value", List.of());
        }
    }

    /** The beginning of a text that somebody sent, for a message. */
    static String shortened(int most, String text) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
