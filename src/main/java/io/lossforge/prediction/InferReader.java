package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads an inference request of the Open Inference Protocol: one input tensor, flat or nested, whose keys come in any order. */
final class InferReader {

    private static final List<String> OUTPUTS = List.of(LoadedModel.LOGITS, LoadedModel.PROBABILITIES);

    private final JsonParser json;
    private final Samples samples;
    private final int most;

    private @Nullable String id;
    private boolean inputSeen;
    private final Set<String> outputs = new LinkedHashSet<>();

    private InferReader(JsonParser json, Samples samples, int most) {
        this.json = json;
        this.samples = samples;
        this.most = most;
    }

    /**
     * Adds the tensor to the samples.
     *
     * @param most samples taken
     * @return the outputs asked for; all when none is asked for by name
     * @throws ApiException 400 that says what is wrong and where, 413 if there are more samples
     */
    static Engine.Wanted read(JsonParser json, Samples samples, int most) {
        return new InferReader(json, samples, most).read();
    }

    private Engine.Wanted read() {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw refused("", "the body must be an object with \"inputs\"");
        }
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            switch (key) {
                case "id" -> id = text("id");
                case "parameters" -> readParameters("parameters");
                case "inputs" -> readInputs();
                case "outputs" -> readOutputs();
                default -> throw JsonBodies.unknownKey("", key, "id", "inputs", "outputs", "parameters");
            }
        }
        if (!inputSeen) {
            throw refused("inputs", "is required");
        }
        JsonBodies.expectEnd(json);
        return new Engine.Wanted(id, outputs.isEmpty() ? new LinkedHashSet<>(OUTPUTS) : outputs);
    }

    private void readInputs() {
        expect(JsonToken.START_ARRAY, "inputs", "must be an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (inputSeen) {
                throw refused("inputs", "must have one tensor, \"%s\"".formatted(LoadedModel.INPUT));
            }
            readInput();
            inputSeen = true;
        }
    }

    private void readInput() {
        var at = "inputs[0]";
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw refused(at, "must be an object");
        }
        String name = null;
        String datatype = null;
        long[] shape = null;
        int[] data = null;
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            switch (key) {
                case "name" -> name = text(at + ".name");
                case "datatype" -> datatype = text(at + ".datatype");
                case "shape" -> shape = readShape(at + ".shape");
                case "parameters" -> readParameters(at + ".parameters");
                case "data" -> data = readData(at + ".data");
                default ->
                    throw JsonBodies.unknownKey("/inputs/0", key, "data", "datatype", "name", "parameters", "shape");
            }
        }
        check(at, name, datatype, shape, data);
    }

    private void check(
            String at,
            @Nullable String name,
            @Nullable String datatype,
            long @Nullable [] shape,
            int @Nullable [] data) {
        var input = samples.input();
        if (name == null || datatype == null || shape == null || data == null) {
            throw refused(at, "must have name, datatype, shape and data");
        }
        if (!name.equals(LoadedModel.INPUT)) {
            throw refused(at + ".name", "must be \"%s\", was \"%s\"".formatted(LoadedModel.INPUT, shortened(name)));
        }
        if (!datatype.equals(input.datatype())) {
            throw refused(at + ".datatype", "must be %s, was %s".formatted(input.datatype(), shortened(datatype)));
        }
        long count = shape.length == 0 ? 0 : shape[0];
        if (!Arrays.equals(shape, input.batch(count)) || count < 1) {
            throw refused(
                    at + ".shape",
                    "must be %s with -1 for the number of samples, was %s"
                            .formatted(Arrays.toString(input.batch(-1)), Arrays.toString(shape)));
        }
        if (count > most) {
            throw ApiException.tooLarge("more than %d samples: send them in several requests".formatted(most));
        }
        boolean flat = data.length == 1 && data[0] == count * input.size();
        if (!flat && !Arrays.equals(shape, Arrays.stream(data).asLongStream().toArray())) {
            throw refused(
                    at + ".data",
                    "has shape %s, must be %s or %d numbers in a row"
                            .formatted(Input.shown(data), Arrays.toString(shape), count * input.size()));
        }
    }

    private int[] readData(String at) {
        expect(JsonToken.START_ARRAY, at, "must be an array of numbers");
        try {
            return NumberArrays.read(json, samples, most);
        } catch (NumberArrays.Refused e) {
            throw refused(at, String.valueOf(e.getMessage()));
        }
    }

    private long[] readShape(String at) {
        expect(JsonToken.START_ARRAY, at, "must be an array of whole numbers");
        var shape = new long[8];
        int rank = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || rank == shape.length) {
                throw refused(at, "must be an array of at most %d whole numbers".formatted(shape.length));
            }
            shape[rank++] = json.getLongValue();
        }
        return Arrays.copyOf(shape, rank);
    }

    private void readOutputs() {
        expect(JsonToken.START_ARRAY, "outputs", "must be an array");
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            var at = "outputs[%d]".formatted(i);
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw refused(at, "must be an object");
            }
            String name = null;
            for (var key = json.nextName(); key != null; key = json.nextName()) {
                switch (key) {
                    case "name" -> name = text(at + ".name");
                    case "parameters" -> readParameters(at + ".parameters");
                    default -> throw JsonBodies.unknownKey("/outputs/" + i, key, "name", "parameters");
                }
            }
            if (name == null || !OUTPUTS.contains(name) || !outputs.add(name)) {
                throw refused(
                        at + ".name",
                        "must be one of %s, each once"
                                .formatted(OUTPUTS.stream()
                                        .map(known -> "\"" + known + "\"")
                                        .collect(Collectors.joining(", "))));
            }
        }
    }

    /** There are none that this server knows, and those that would change the answer must not be passed over. */
    private void readParameters(String at) {
        expect(JsonToken.START_OBJECT, at, "must be an object");
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            var value = json.nextToken();
            boolean asks = value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL;
            if (asks && (key.startsWith("binary_data") || key.equals("classification"))) {
                throw refused(at + "." + key, "is of an extension that this server does not have");
            }
            json.skipChildren();
        }
    }

    private String text(String at) {
        expect(JsonToken.VALUE_STRING, at, "must be a text");
        return json.getString();
    }

    private void expect(JsonToken token, String at, String message) {
        if (json.nextToken() != token) {
            throw refused(at, message);
        }
    }

    /** The protocol's errors are one text, so the place is in it. */
    private static ApiException refused(String at, String message) {
        var pointer =
                at.isEmpty() ? "" : "/" + at.replace("[", "/").replace("]", "").replace('.', '/');
        return ApiException.badRequest(pointer, at.isEmpty() ? message : at + ": " + message);
    }

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
