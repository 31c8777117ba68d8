package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/** Reads {@code {"instances": […]}}: nested numbers, flat numbers or {@code {"b64": "…"}}, each one sample. */
final class InstancesReader {

    private static final String WANTED = "{\"instances\": [[…], …]} or {\"instances\": [{\"b64\": \"…\"}, …]}";

    private static final Base64Variant BASE64 = Base64Variants.MIME_NO_LINEFEEDS.withPaddingAllowed();

    private final JsonParser json;
    private final Samples samples;
    private final PictureSamples pictures;
    private final int most;

    InstancesReader(JsonParser json, Samples samples, PictureSamples pictures, int most) {
        this.json = json;
        this.samples = samples;
        this.pictures = pictures;
        this.most = most;
    }

    /**
     * Adds every instance to the samples.
     *
     * @param most instances taken
     * @return how many there are
     * @throws ApiException 400 with the pointer of what is wrong, 413 if there are more instances
     */
    static int read(JsonParser json, Samples samples, PictureSamples pictures, int most) {
        return new InstancesReader(json, samples, pictures, most).read();
    }

    private int read() {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw ApiException.badRequest("", "the body must be " + WANTED);
        }
        boolean found = false;
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            if (!key.equals("instances")) {
                throw JsonBodies.unknownKey("", key, "instances");
            }
            json.nextToken();
            readArray("/instances");
            found = true;
        }
        if (!found) {
            throw ApiException.badRequest("/instances", "is required: " + WANTED);
        }
        JsonBodies.expectEnd(json);
        return samples.count();
    }

    /**
     * Adds the samples of the array at the parser's token.
     *
     * @param at pointer of the array
     */
    void readArray(String at) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.badRequest(at, "must be an array of samples");
        }
        for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            var pointer = at + "/" + samples.count();
            if (samples.count() == most) {
                throw ApiException.tooLarge("more than %d instances: send them in several requests".formatted(most));
            }
            if (token == JsonToken.START_ARRAY) {
                readNumbers(pointer);
            } else if (token == JsonToken.START_OBJECT) {
                readPicture(pointer);
            } else {
                throw ApiException.badRequest(
                        pointer,
                        "must be an array of %s, or {\"b64\": \"…\"}"
                                .formatted(samples.input().wanted()));
            }
        }
        if (samples.count() == 0) {
            throw ApiException.badRequest(at, "must have at least one sample");
        }
    }

    private void readNumbers(String pointer) {
        var input = samples.input();
        try {
            var dimensions = NumberArrays.read(json, samples, 1);
            if (!input.takes(dimensions)) {
                throw ApiException.badRequest(
                        pointer, "has shape %s, must be %s".formatted(Input.shown(dimensions), input.wanted()));
            }
        } catch (NumberArrays.Refused e) {
            throw ApiException.badRequest(pointer, String.valueOf(e.getMessage()));
        }
    }

    private void readPicture(String pointer) {
        var key = json.nextName();
        if (key == null) {
            throw ApiException.badRequest(pointer + "/b64", "is required");
        }
        if (!key.equals("b64")) {
            throw JsonBodies.unknownKey(pointer, key, "b64");
        }
        var at = pointer + "/b64";
        if (json.nextToken() != JsonToken.VALUE_STRING) {
            throw ApiException.badRequest(at, "must be a text");
        }
        pictures.add(decoded(at), samples, at);
        if (json.nextToken() != JsonToken.END_OBJECT) {
            throw JsonBodies.unknownKey(pointer, String.valueOf(json.currentName()), "b64");
        }
    }

    private byte[] decoded(String pointer) {
        try {
            return json.getBinaryValue(BASE64);
        } catch (StreamReadException e) {
            throw ApiException.badRequest(pointer, "is not base64 of a picture's bytes");
        }
    }
}
