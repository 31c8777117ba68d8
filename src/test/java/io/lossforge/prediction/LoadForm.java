package io.lossforge.prediction;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The forms of a prediction that are put under load. */
enum LoadForm {
    PREDICT_PNG("predict, PNG") {
        @Override
        LoadRequest request(String model, int side, int samples) {
            return new LoadRequest(
                    predict(model), "image/png", "", TestPictures.grey(side, side, pixels(side, 0), "png"));
        }
    },
    PREDICT_JSON("predict, JSON") {
        @Override
        LoadRequest request(String model, int side, int samples) {
            var instances = IntStream.range(0, samples)
                    .mapToObj(sample -> numbers(side, sample))
                    .collect(Collectors.joining("],[", "{\"instances\":[[", "]]}"));
            return new LoadRequest(predict(model), "application/json", "", instances.getBytes(StandardCharsets.UTF_8));
        }
    },
    INFER_JSON("infer, JSON") {
        @Override
        LoadRequest request(String model, int side, int samples) {
            var data = IntStream.range(0, samples)
                    .mapToObj(sample -> numbers(side, sample))
                    .collect(Collectors.joining(",", ",\"data\":[", "]"));
            var body = tensor(side, samples, data, "");
            return new LoadRequest(infer(model), "application/json", "", body.getBytes(StandardCharsets.UTF_8));
        }
    },
    INFER_BINARY("infer, binary") {
        @Override
        LoadRequest request(String model, int side, int samples) {
            var size = ",\"parameters\":{\"binary_data_size\":%d}".formatted(samples * side * side);
            var head = tensor(side, samples, size, ",\"parameters\":{\"binary_data\":true}")
                    .getBytes(StandardCharsets.UTF_8);
            var body = new ByteArrayOutputStream();
            body.writeBytes(head);
            for (int sample = 0; sample < samples; sample++) {
                for (int pixel : pixels(side, sample)) {
                    body.write(pixel);
                }
            }
            return new LoadRequest(
                    infer(model), "application/octet-stream", Integer.toString(head.length), body.toByteArray());
        }
    };

    private final String shown;

    LoadForm(String shown) {
        this.shown = shown;
    }

    String shown() {
        return shown;
    }

    /** Squares of one channel. */
    abstract LoadRequest request(String model, int side, int samples);

    private static String predict(String model) {
        return "/api/v1/models/" + model + "/predict";
    }

    private static String infer(String model) {
        return "/v2/models/" + model + "/infer";
    }

    private static int[] pixels(int side, int sample) {
        return TestPictures.noise(side, side, sample);
    }

    private static String numbers(int side, int sample) {
        return IntStream.of(pixels(side, sample)).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static String tensor(int side, int samples, String data, String output) {
        return ("{\"inputs\":[{\"name\":\"input\",\"datatype\":\"UINT8\",\"shape\":[%d,1,%d,%d]%s}],"
                        + "\"outputs\":[{\"name\":\"probabilities\"%s}]}")
                .formatted(samples, side, side, data, output);
    }
}
