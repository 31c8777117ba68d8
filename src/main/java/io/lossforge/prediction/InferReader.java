package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/**
 * Reads an inference request of the Open Inference Protocol: one input tensor, flat or nested, whose keys come in any order; or, by the
 * {@code binary_tensor_data} extension, its values in binary behind the JSON.
 */
final class InferReader {

    /** Says how many bytes of a body are JSON, when others follow. */
    static final String HEADER_LENGTH = "Inference-Header-Content-Length";

    /** A year, in microseconds. */
    private static final long LONGEST_TIMEOUT = 365L * 24 * 3600 * 1_000_000;

    private static final List<String> OUTPUTS = List.of(LoadedModel.LOGITS, LoadedModel.PROBABILITIES);

    /**
     * An output as it is asked for.
     *
     * @param name of the tensor
     * @param binary whether its values follow the answer's JSON
     * @param classification classes named for every sample in place of the scores, by the extension of that name; 0 for the scores
     */
    record Output(String name, boolean binary, int classification) {}

    /**
     * What a request asks about its samples.
     *
     * @param id the caller's name for the request; null if it has none
     * @param asked in the order of the answer
     * @param timeout of the request until the engine takes its first sample; null for none of its own
     * @param decision what is to be made of the probabilities; null for nothing
     */
    record Asked(
            @Nullable String id,
            List<Output> asked,
            @Nullable Duration timeout,
            @Nullable AskedDecision decision) {}

    /** The parameters that mean something here, of whatever they are given for; null where not given. */
    private record Parameters(
            @Nullable Boolean binary,
            @Nullable Long binaryBytes,
            @Nullable Boolean binaryOutput,
            @Nullable Long timeout,
            @Nullable Integer classification,
            @Nullable AskedDecision decision) {

        static final Parameters NONE = new Parameters(null, null, null, null, null, null);
    }

    private final JsonParser json;
    private final Samples samples;
    private final int most;

    private @Nullable String id;
    private boolean inputSeen;
    private int samplesBehind;
    private boolean binaryOutputs;
    private @Nullable Duration timeout;
    private @Nullable AskedDecision decision;
    private final Map<String, Parameters> outputs = new LinkedHashMap<>();

    private InferReader(JsonParser json, Samples samples, int most) {
        this.json = json;
        this.samples = samples;
        this.most = most;
    }

    /**
     * Adds the tensor of a request to the samples.
     *
     * @param most samples taken
     * @return the outputs asked for; all when none is asked for by name
     * @throws ApiException 400 that says what is wrong and where, 413 if there are more samples
     */
    static Asked read(HttpServletRequest request, Samples samples, int most) throws IOException {
        var header = request.getHeader(HEADER_LENGTH);
        if (header == null) {
            return JsonBodies.read(request, json -> new InferReader(json, samples, most).readJson(false))
                    .asked();
        }
        long length = headerLength(header, request.getContentLengthLong());
        var body = request.getInputStream();
        var head = BoundedInputStream.builder()
                .setInputStream(body)
                .setMaxCount(length)
                .setPropagateClose(false)
                .get();
        var reader = JsonBodies.read(request, head, json -> new InferReader(json, samples, most).readJson(true));
        reader.readBehind(body);
        return reader.asked();
    }

    private static long headerLength(String header, long contentLength) {
        long length;
        try {
            length = Long.parseLong(header.strip());
        } catch (NumberFormatException e) {
            length = -1;
        }
        if (length < 1 || (contentLength >= 0 && length > contentLength)) {
            throw ApiException.badRequest(
                    "/" + HEADER_LENGTH,
                    "%s: must be the length of the JSON in bytes, from 1 to the length of the body, was %s"
                            .formatted(HEADER_LENGTH, JsonBodies.shortened(60, header)));
        }
        return length;
    }

    private void readBehind(InputStream body) throws IOException {
        var at = "inputs[0].parameters.binary_data_size";
        if (samplesBehind > 0) {
            try {
                samples.read(body, samplesBehind);
            } catch (EOFException e) {
                throw refused(at, "the body ends before its binary data does");
            }
            if (!samples.input().pixels()) {
                int wrong = samples.firstNotFinite();
                if (wrong >= 0) {
                    throw refused(
                            "inputs[0]",
                            "must hold finite float32 numbers, number %d is NaN or infinite".formatted(wrong));
                }
            }
        }
        if (body.read() >= 0) {
            throw refused(
                    at,
                    samplesBehind == 0
                            ? "is required: more than %s bytes are in the body".formatted(HEADER_LENGTH)
                            : "the body goes on after its binary data");
        }
    }

    private InferReader readJson(boolean more) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw refused("", "the body must be an object with \"inputs\"");
        }
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            switch (key) {
                case "id" -> id = text("id");
                case "parameters" -> takeParameters(readParameters("parameters"));
                case "inputs" -> readInputs(more);
                case "outputs" -> readOutputs();
                case "model_name", "model_version" -> text(key); // as in Triton's examples; the path says it
                default -> throw JsonBodies.unknownKey("", key, "id", "inputs", "outputs", "parameters");
            }
        }
        if (!inputSeen) {
            throw refused("inputs", "is required");
        }
        JsonBodies.expectEnd(json);
        if (outputs.isEmpty()) {
            OUTPUTS.forEach(output -> outputs.put(output, Parameters.NONE));
        }
        return this;
    }

    private void takeParameters(Parameters ofRequest) {
        binaryOutputs = Boolean.TRUE.equals(ofRequest.binaryOutput);
        timeout = ofRequest.timeout == null ? null : Duration.of(ofRequest.timeout, ChronoUnit.MICROS);
        decision = ofRequest.decision;
    }

    private Asked asked() {
        var asked = new ArrayList<Output>();
        outputs.forEach((name, parameters) -> asked.add(output(name, parameters)));
        if (decision != null && decision.mayAbstain()) {
            asked.add(new Output(DecidedInference.DECISION, binaryOutputs, 0));
        }
        return new Asked(id, asked, timeout, decision);
    }

    private Output output(String name, Parameters parameters) {
        return new Output(
                name,
                Objects.requireNonNullElse(parameters.binary, binaryOutputs),
                Objects.requireNonNullElse(parameters.classification, 0));
    }

    private void readInputs(boolean more) {
        expect(JsonToken.START_ARRAY, "inputs", "must be an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (inputSeen) {
                throw refused("inputs", "must have one tensor, \"%s\"".formatted(LoadedModel.INPUT));
            }
            readInput(more);
            inputSeen = true;
        }
    }

    private void readInput(boolean more) {
        var at = "inputs[0]";
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw refused(at, "must be an object");
        }
        String name = null;
        String datatype = null;
        long[] shape = null;
        int[] data = null;
        Long behind = null;
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            switch (key) {
                case "name" -> name = text(at + ".name");
                case "datatype" -> datatype = text(at + ".datatype");
                case "shape" -> shape = readShape(at + ".shape");
                case "parameters" -> behind = readParameters(at + ".parameters").binaryBytes;
                case "data" -> data = readData(at + ".data");
                default ->
                    throw JsonBodies.unknownKey("/inputs/0", key, "data", "datatype", "name", "parameters", "shape");
            }
        }
        if (name == null || datatype == null || shape == null || (data == null && behind == null)) {
            throw refused(at, "must have name, datatype, shape and data");
        }
        int count = checkedCount(at, name, datatype, shape);
        if (behind != null) {
            checkBehind(at, count, behind, data != null, more);
            samplesBehind = count;
        } else if (data != null) {
            checkData(at, count, shape, data);
        }
    }

    private int checkedCount(String at, String name, String datatype, long[] shape) {
        var input = samples.input();
        if (!name.equals(LoadedModel.INPUT)) {
            throw refused(
                    at + ".name",
                    "must be \"%s\", was \"%s\"".formatted(LoadedModel.INPUT, JsonBodies.shortened(60, name)));
        }
        if (!datatype.equals(input.datatype())) {
            throw refused(
                    at + ".datatype",
                    "must be %s, was %s".formatted(input.datatype(), JsonBodies.shortened(60, datatype)));
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
        return (int) count;
    }

    private void checkBehind(String at, int count, long bytes, boolean data, boolean more) {
        var size = at + ".parameters.binary_data_size";
        if (data) {
            throw refused(size, "must not be given beside data");
        }
        if (!more) {
            throw refused(size, "needs the header %s, the length of the JSON in bytes".formatted(HEADER_LENGTH));
        }
        long wanted = (long) count * samples.input().bytes();
        if (bytes != wanted) {
            throw refused(size, "must be %d for that shape and datatype, was %d".formatted(wanted, bytes));
        }
    }

    private void checkData(String at, int count, long[] shape, int[] data) {
        var input = samples.input();
        boolean flat = data.length == 1 && data[0] == (long) count * input.size();
        if (!flat && !Arrays.equals(shape, Arrays.stream(data).asLongStream().toArray())) {
            throw refused(
                    at + ".data",
                    "has shape %s, must be %s or %d numbers in a row"
                            .formatted(Input.shown(data), Arrays.toString(shape), (long) count * input.size()));
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
            var parameters = Parameters.NONE;
            for (var key = json.nextName(); key != null; key = json.nextName()) {
                switch (key) {
                    case "name" -> name = text(at + ".name");
                    case "parameters" -> parameters = readParameters(at + ".parameters");
                    default -> throw JsonBodies.unknownKey("/outputs/" + i, key, "name", "parameters");
                }
            }
            if (name == null || !OUTPUTS.contains(name) || outputs.putIfAbsent(name, parameters) != null) {
                throw refused(
                        at + ".name",
                        "must be one of %s, each once"
                                .formatted(OUTPUTS.stream()
                                        .map(known -> "\"" + known + "\"")
                                        .collect(Collectors.joining(", "))));
            }
        }
    }

    /** Others mean nothing here and are passed over, as the protocol wants. */
    private Parameters readParameters(String at) {
        expect(JsonToken.START_OBJECT, at, "must be an object");
        Boolean binary = null;
        Long binaryBytes = null;
        Boolean binaryOutput = null;
        Long timeout = null;
        Integer classification = null;
        var decision = new DecisionParameters(json, at);
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            switch (key) {
                case "binary_data" -> binary = truth(at + "." + key);
                case "binary_data_output" -> binaryOutput = truth(at + "." + key);
                case "binary_data_size" -> binaryBytes = whole(at + "." + key, Long.MAX_VALUE);
                case "timeout" -> timeout = whole(at + "." + key, LONGEST_TIMEOUT);
                case "classification" -> classification = (int) whole(at + "." + key, Integer.MAX_VALUE);
                default -> {
                    json.nextToken();
                    if (!decision.take(key)) {
                        json.skipChildren();
                    }
                }
            }
        }
        return new Parameters(binary, binaryBytes, binaryOutput, timeout, classification, decision.asked());
    }

    private boolean truth(String at) {
        var token = json.nextToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw refused(at, "must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private long whole(String at, long most) {
        if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            try {
                long value = json.getLongValue();
                if (value >= 0 && value <= most) {
                    return value;
                }
            } catch (InputCoercionException e) {
                throw refused(at, "must be a whole number, from 0");
            }
        }
        throw refused(at, "must be a whole number, from 0");
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
}
