package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/**
 * Reads the forms of MLflow's scoring protocol: {@code instances}, {@code inputs}, {@code dataframe_split}, {@code dataframe_records}, and CSV with a header. Columns
 * are taken in their order, since a model does not know their names.
 */
final class InvocationsReader {

    private static final String WANTED =
            "must be an object with one of \"instances\", \"inputs\", \"dataframe_split\", \"dataframe_records\"";

    private final JsonParser json;
    private final Samples samples;
    private final InstancesReader instances;
    private final int most;

    private InvocationsReader(JsonParser json, Samples samples, PictureSamples pictures, int most) {
        this.json = json;
        this.samples = samples;
        this.instances = new InstancesReader(json, samples, pictures, most);
        this.most = most;
    }

    /**
     * Adds all samples of a JSON body.
     *
     * @param most samples taken
     * @throws ApiException 400 with the pointer of what is wrong, 413 if there are more samples
     */
    static int read(JsonParser json, Samples samples, PictureSamples pictures, int most) {
        new InvocationsReader(json, samples, pictures, most).read();
        return samples.count();
    }

    private void read() {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw ApiException.badRequest("", "the body " + WANTED);
        }
        String found = null;
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            if (key.equals("params") || key.equals("signature_name")) {
                json.nextToken();
                json.skipChildren();
                continue;
            }
            if (found != null) {
                throw ApiException.badRequest("/" + key, "is given beside " + found + ": the body " + WANTED);
            }
            found = key;
            json.nextToken();
            switch (key) {
                case "instances" -> instances.readArray("/instances");
                case "inputs" -> readInputs();
                case "dataframe_split" -> readSplit();
                case "dataframe_records" -> readRecords();
                default ->
                    throw JsonBodies.unknownKey(
                            "", key, "dataframe_records", "dataframe_split", "inputs", "instances", "params");
            }
        }
        if (found == null) {
            throw ApiException.badRequest("", "the body " + WANTED);
        }
        JsonBodies.expectEnd(json);
    }

    /** A tensor, or a tensor by the name of the input. */
    private void readInputs() {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            instances.readArray("/inputs");
            return;
        }
        var name = json.nextName();
        if (!LoadedModel.INPUT.equals(name)) {
            throw JsonBodies.unknownKey("/inputs", String.valueOf(name), LoadedModel.INPUT);
        }
        json.nextToken();
        instances.readArray("/inputs/" + LoadedModel.INPUT);
        if (json.nextToken() != JsonToken.END_OBJECT) {
            throw JsonBodies.unknownKey("/inputs", String.valueOf(json.currentName()), LoadedModel.INPUT);
        }
    }

    private void readSplit() {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw ApiException.badRequest("/dataframe_split", "must be an object with \"columns\" and \"data\"");
        }
        boolean rows = false;
        for (var key = json.nextName(); key != null; key = json.nextName()) {
            json.nextToken();
            switch (key) {
                case "columns" -> readColumns();
                case "data" -> {
                    instances.readArray("/dataframe_split/data");
                    rows = true;
                }
                case "index" -> json.skipChildren();
                default -> throw JsonBodies.unknownKey("/dataframe_split", key, "columns", "data", "index");
            }
        }
        if (!rows) {
            throw ApiException.badRequest("/dataframe_split/data", "is required: an array of rows");
        }
    }

    private void readColumns() {
        int columns = 0;
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                json.skipChildren();
                columns++;
            }
        }
        if (columns != samples.input().size()) {
            throw ApiException.badRequest(
                    "/dataframe_split/columns",
                    "must be an array of %d names, has %d"
                            .formatted(samples.input().size(), columns));
        }
    }

    private void readRecords() {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.badRequest("/dataframe_records", "must be an array of objects");
        }
        var columns = new LinkedHashMap<String, Integer>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            var pointer = "/dataframe_records/" + samples.count();
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw ApiException.badRequest(pointer, "must be an object of numbers");
            }
            if (samples.count() == most) {
                throw tooMany(most);
            }
            add(record(columns, pointer), samples, pointer);
        }
        requireSamples(samples, "/dataframe_records");
    }

    /** The first record says which columns there are and their order. */
    private double[] record(Map<String, Integer> columns, String pointer) {
        boolean first = samples.count() == 0;
        int size = samples.input().size();
        var values = new double[size];
        int seen = 0;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            var at = columns.get(name);
            if (at == null && first && columns.size() < size) {
                at = columns.size();
                columns.put(name, at);
            }
            if (at == null) {
                throw ApiException.badRequest(
                        pointer,
                        first
                                ? "has more than %d columns, as many as the model takes".formatted(size)
                                : "has a column that the first record does not have: \"%s\""
                                        .formatted(JsonBodies.shortened(40, name)));
            }
            values[at] = number(pointer, name);
            seen++;
        }
        if (seen != size) {
            throw ApiException.badRequest(pointer, "has %d columns, must have %d".formatted(seen, size));
        }
        return values;
    }

    private double number(String pointer, String name) {
        var token = json.nextToken();
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            try {
                return json.getDoubleValue();
            } catch (InputCoercionException e) {
                throw ApiException.badRequest(
                        pointer, "\"%s\" is no number in range".formatted(JsonBodies.shortened(40, name)));
            }
        }
        throw ApiException.badRequest(pointer, "\"%s\" is no number".formatted(JsonBodies.shortened(40, name)));
    }

    /**
     * Adds all rows of a CSV body after its header.
     *
     * @param most rows taken
     * @throws ApiException 400 with the row that is wrong, 413 if there are more rows
     */
    static int readCsv(InputStream body, Samples samples, int most) throws IOException {
        var format = CSVFormat.DEFAULT.builder().setTrim(true).get();
        try (var parser = format.parse(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            boolean header = true;
            for (var row : parser) {
                if (!header) {
                    if (samples.count() == most) {
                        throw tooMany(most);
                    }
                    add(values(row), samples, "/" + samples.count());
                }
                header = false;
            }
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CSVException malformed) {
                throw ApiException.badRequest("/" + samples.count(), "is no row of CSV: " + malformed.getMessage());
            }
            throw e.getCause();
        }
        requireSamples(samples, "");
        return samples.count();
    }

    private static double[] values(CSVRecord row) {
        var values = new double[row.size()];
        for (int i = 0; i < values.length; i++) {
            try {
                values[i] = Double.parseDouble(row.get(i));
            } catch (NumberFormatException e) {
                throw ApiException.badRequest(
                        "/" + (row.getRecordNumber() - 2),
                        "column %d is no number: \"%s\"".formatted(i, JsonBodies.shortened(40, row.get(i))));
            }
        }
        return values;
    }

    private static void add(double[] values, Samples samples, String pointer) {
        try {
            samples.add(values);
        } catch (NumberArrays.Refused e) {
            throw ApiException.badRequest(pointer, String.valueOf(e.getMessage()));
        }
    }

    private static void requireSamples(Samples samples, String pointer) {
        if (samples.count() == 0) {
            throw ApiException.badRequest(pointer, "must have at least one sample");
        }
    }

    private static ApiException tooMany(int most) {
        return ApiException.tooLarge("more than %d rows: send them in several requests".formatted(most));
    }
}
