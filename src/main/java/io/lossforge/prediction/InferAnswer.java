package io.lossforge.prediction;

import io.lossforge.model.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** Answers of the Open Inference Protocol: JSON alone, or JSON with what was asked for in binary behind it. */
final class InferAnswer {

    private final ModelVersion version;
    private final Engine.Scores<InferReader.Asked> scores;
    private final ByteArrayOutputStream behind = new ByteArrayOutputStream();

    private InferAnswer(ModelVersion version, Engine.Scores<InferReader.Asked> scores) {
        this.version = version;
        this.scores = scores;
    }

    /** @param mapper writes the JSON when there is more than JSON */
    static ResponseEntity<Object> of(ModelVersion version, Engine.Scores<InferReader.Asked> scores, JsonMapper mapper) {
        return new InferAnswer(version, scores).answer(mapper);
    }

    private ResponseEntity<Object> answer(JsonMapper mapper) {
        var asked = scores.wanted();
        var outputs = asked.asked().stream().map(this::output).toList();
        var json = new OpenInference.InferResponse(
                version.model(), Integer.toString(version.version()), asked.id(), outputs);
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
        var values = scores.of(output.name());
        if (output.classification() == 0) {
            return output(output, "FP32", version.classes().size(), values, floats(output, values));
        }
        int most = Math.min(output.classification(), version.classes().size());
        var texts = classified(values, most);
        return output(output, "BYTES", most, texts, texts(output, texts));
    }

    private OpenInference.InferOutput output(
            InferReader.Output output, String datatype, int columns, Object values, byte[] bytes) {
        behind.writeBytes(bytes);
        return new OpenInference.InferOutput(
                output.name(),
                List.of((long) scores.samples(), (long) columns),
                datatype,
                output.binary() ? new OpenInference.OutputParameters(bytes.length) : null,
                output.binary() ? null : values);
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
