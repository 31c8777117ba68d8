package io.lossforge.admission;

import io.lossforge.admission.Declaration.Activation;
import io.lossforge.admission.Declaration.Layout;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.multipart.MultipartFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The form that an ONNX file is sent with. */
@Schema(
        name = "ModelForm",
        requiredProperties = {"name", "file"})
record ModelForm(
        @Schema(
                description =
                        "model that it becomes the next version of: 1 to 63 lower-case letters, digits, '.', '_' and '-'")
        @Nullable String name,

        @Schema(description = "the ONNX file, with everything inside") @Nullable MultipartFile file,

        @Schema(
                description =
                        "names of the classes in the order of the output, as a JSON array or one per line; may be absent of a file"
                                + " downloaded from here")
        @Nullable String labels,

        @Schema(
                description = "how the file takes images; told by the shape where absent",
                allowableValues = {"NCHW", "NHWC"})
        @Nullable String layout,

        @Schema(
                description =
                        "what pixels of 0-255 are multiplied by first, such as 1/255; required where the file takes float images")
        @Nullable String scale,

        @Schema(
                description =
                        "subtracted next: one number, or one per channel or feature, joined by commas; 0 where absent")
        @Nullable String mean,

        @Schema(description = "divided by last: likewise; 1 where absent") @Nullable String std,

        @Schema(description = "name of the output that gives logits; \"logits\" where absent and there is one")
        @Nullable String logits,

        @Schema(
                description =
                        "name of the output that gives probabilities; \"probabilities\" where absent and there is one. One of the two"
                                + " is enough: the other is computed")
        @Nullable String probabilities,

        @Schema(
                description =
                        "how logits become probabilities; softmax where absent, or what a file downloaded from here says",
                allowableValues = {"softmax", "sigmoid"})
        @Nullable String activation) {

    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    /** The name, if it is one; 400 otherwise. */
    String checkedName() {
        if (name == null || name.isBlank()) {
            throw ApiException.badRequest("/name", "is required");
        }
        if (!name.matches(NAME)) {
            throw ApiException.badRequest(
                    "/name",
                    "must be 1 to 63 lower-case letters, digits, '.', '_' or '-' and start with a letter or digit; was "
                            + Refusal.named(name));
        }
        return name;
    }

    /** The file; 400 if there is none. */
    MultipartFile checkedFile() {
        if (file == null) {
            throw ApiException.badRequest("/file", "is required: the ONNX file, as a part of multipart/form-data");
        }
        return file;
    }

    /** What is said about the file; 400 if it makes no sense. */
    Declaration declaration() {
        return new Declaration(
                labels(labels),
                choice("/layout", layout, Layout.values()),
                scale == null || scale.isBlank() ? null : number("/scale", scale),
                numbers("/mean", mean),
                numbers("/std", std),
                isAbsent(logits) ? null : logits,
                isAbsent(probabilities) ? null : probabilities,
                choice("/activation", activation, Activation.values()));
    }

    private static boolean isAbsent(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static List<String> labels(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return List.of();
        }
        if (!text.strip().startsWith("[")) {
            return text.lines()
                    .filter(line -> !line.isBlank())
                    .map(String::strip)
                    .toList();
        }
        try {
            var labels = new ArrayList<String>();
            for (var label : JsonMapper.shared().readTree(text)) {
                if (!label.isString()) {
                    throw ApiException.badRequest(
                            "/labels", "must be texts, such as [\"cat\", \"dog\"]; has " + label.getNodeType());
                }
                labels.add(label.stringValue());
            }
            return labels;
        } catch (JacksonException e) {
            throw ApiException.badRequest("/labels", "must be a JSON array of texts, or one label per line");
        }
    }

    private static <E extends Enum<E>> @Nullable E choice(String pointer, @Nullable String text, E[] values) {
        return text == null || text.isBlank() ? null : required(pointer, text, values);
    }

    private static <E extends Enum<E>> E required(String pointer, String text, E[] values) {
        return Arrays.stream(values)
                .filter(value -> value.name().equals(text.strip().toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> ApiException.badRequest(
                        pointer,
                        "must be one of %s, was %s"
                                .formatted(Arrays.toString(values).toLowerCase(Locale.ROOT), Refusal.named(text))));
    }

    private static List<Double> numbers(String pointer, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return List.of();
        }
        return Arrays.stream(text.strip().replaceAll("^\\[|]$", "").split(",", -1))
                .map(number -> number(pointer, number))
                .toList();
    }

    /** A number, or a fraction such as 1/255. */
    private static double number(String pointer, String text) {
        try {
            var parts = text.strip().split("/", 2);
            double value = Double.parseDouble(parts[0]) / (parts.length == 2 ? Double.parseDouble(parts[1]) : 1);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw ApiException.badRequest(
                pointer, "must be finite numbers such as 0.5 or 1/255, joined by commas; was " + Refusal.named(text));
    }
}
