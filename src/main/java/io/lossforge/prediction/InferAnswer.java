package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** Answers of the Open Inference Protocol: JSON alone, or JSON with what was asked for in binary behind it. */
final class InferAnswer {

    private final ModelVersion version;
    private final Engine.Scores<DecidedInference> scores;
    private final @Nullable AppliedDecision applied;
    private final ByteArrayOutputStream behind = new ByteArrayOutputStream();

    private InferAnswer(ModelVersion version, Engine.Scores<DecidedInference> scores) {
        this.version = version;
        this.scores = scores;
        this.applied = scores.wanted().applied();
    }

    /** @param mapper writes the JSON when there is more than JSON */
    static ResponseEntity<Object> of(ModelVersion version, Engine.Scores<DecidedInference> scores, JsonMapper mapper) {
        return new InferAnswer(version, scores).answer(mapper);
    }

    private ResponseEntity<Object> answer(JsonMapper mapper) {
        var asked = scores.wanted().asked();
        var outputs = asked.asked().stream().map(this::output).toList();
        var json = new OpenInference.InferResponse(
                version.model(),
                Integer.toString(version.version()),
                asked.id(),
                applied == null ? null : OpenInference.Applied.of(applied.shown()),
                outputs);
        if (asked.asked().stream().noneMatch(InferReader.Output::binary)) {
            return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
        }
        var head = mapper.writeValueAsBytes(json);
        var body = ByteBuffer.allocate(head.length + behind.size()).put(head).put(behind.toByteArray());
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(InferReader.HEADER_LENGTH, Integer.toString(head.length))
                .body(body.array());
    }

    private OpenInference.InferOutput output(InferReader.Output output) {
        int classes = version.classes().size();
        if (applied != null && output.name().equals(DecidedInference.DECISION)) {
            var given = given(applied);
            return output(output, "INT64", List.of((long) scores.samples()), given, longs(output, given));
        }
        var values = applied == null || output.name().equals(LoadedModel.LOGITS)
                ? scores.of(output.name())
                : probabilities(applied);
        if (output.classification() == 0) {
            return output(output, "FP32", shape(classes), values, floats(output, values));
        }
        int most = Math.min(output.classification(), classes);
        var texts = classified(values, most);
        return output(output, "BYTES", shape(most), texts, texts(output, texts));
    }

    private OpenInference.InferOutput output(
            InferReader.Output output, String datatype, List<Long> shape, Object values, byte[] bytes) {
        behind.writeBytes(bytes);
        return new OpenInference.InferOutput(
                output.name(),
                shape,
                datatype,
                output.binary() ? new OpenInference.OutputParameters(bytes.length) : null,
                output.binary() ? null : values);
    }

    private List<Long> shape(int columns) {
        return List.of((long) scores.samples(), (long) columns);
    }

    private float[] probabilities(AppliedDecision applied) {
        var values = scores.of(applied.source()).clone();
        var row = new double[version.classes().size()];
        for (int first = 0; first < values.length; first += row.length) {
            applied.probabilities(values, first, row);
            for (int k = 0; k < row.length; k++) {
                values[first + k] = (float) row[k];
            }
        }
        return values;
    }

    private long[] given(AppliedDecision applied) {
        var given = new long[scores.samples()];
        var values = scores.of(applied.source());
        var row = new double[version.classes().size()];
        for (int i = 0; i < given.length; i++) {
            applied.probabilities(values, i * row.length, row);
            given[i] = applied.decide(row);
        }
        return given;
    }

    private static byte[] longs(InferReader.Output output, long[] values) {
        if (!output.binary()) {
            return new byte[0];
        }
        var bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    private static byte[] floats(InferReader.Output output, float[] values) {
        if (!output.binary()) {
            return new byte[0];
        }
        var bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Each as its length in four bytes, and its bytes. */
    private static byte[] texts(InferReader.Output output, List<String> texts) {
        var bytes = new ByteArrayOutputStream();
        if (output.binary()) {
            for (var text : texts) {
                var utf8 = text.getBytes(StandardCharsets.UTF_8);
                bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(utf8.length)
                        .array());
                bytes.writeBytes(utf8);
            }
        }
        return bytes.toByteArray();
    }

    /** Of every sample the classes with the greatest scores, as {@code score:index:label}. */
    private List<String> classified(float[] values, int most) {
        var classes = version.classes();
        var texts = new ArrayList<String>();
        for (int first = 0; first < values.length; first += classes.size()) {
            int row = first;
            Likeliest.of(values, row, classes.size(), most)
                    .mapToObj(k -> "%s:%d:%s".formatted(values[row + k], k, classes.get(k)))
                    .forEach(texts::add);
        }
        return texts;
    }
}
