package io.lossforge.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON Lines: {@code {"split":"test","index":0,"label":"7","predicted":"7","probability":0.98}}, with {@code file} in place of {@code split} of
 * files, then {@code "top":[{"label":…,"probability":…}]} where more than one class is named, then {@code "probabilities":{"<class>":…}}.
 */
final class JsonRows implements Rows {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<String> classes;
    private final int topK;
    private final boolean all;

    JsonRows(List<String> classes, int topK, boolean all) {
        this.classes = classes.stream().map(JSON::writeValueAsString).toList();
        this.topK = topK;
        this.all = all;
    }

    @Override
    public String head() {
        return "";
    }

    @Override
    public void append(StringBuilder text, Samples.Known sample, float[] probabilities, int offset, int[] likeliest) {
        text.append("{\"index\":").append(sample.index());
        named(text, "split", sample.split());
        named(text, "file", sample.file());
        named(text, "label", sample.label());
        text.append(",\"predicted\":").append(classes.get(likeliest[0])).append(",\"probability\":");
        number(text, probabilities[offset + likeliest[0]]);
        if (topK > 1) {
            text.append(",\"top\":[");
            for (int i = 0; i < likeliest.length; i++) {
                text.append(i == 0 ? "{\"label\":" : ",{\"label\":")
                        .append(classes.get(likeliest[i]))
                        .append(",\"probability\":");
                number(text, probabilities[offset + likeliest[i]]);
                text.append('}');
            }
            text.append(']');
        }
        if (all) {
            text.append(",\"probabilities\":{");
            for (int k = 0; k < classes.size(); k++) {
                text.append(k == 0 ? "" : ",").append(classes.get(k)).append(':');
                number(text, probabilities[offset + k]);
            }
            text.append('}');
        }
        text.append("}\n");
    }

    private static void named(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(",\"").append(name).append("\":").append(JSON.writeValueAsString(value));
        }
    }

    /** JSON has no other numbers than finite ones. */
    private static void number(StringBuilder text, float value) {
        if (Float.isFinite(value)) {
            text.append(value);
        } else {
            text.append("null");
        }
    }
}
