package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.image.Limits;
import io.lossforge.image.Pictures;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ServiceTest
class PredictionIT {

    private static final OnnxClassifier GREY = new OnnxClassifier(List.of(1, 8, 6), 7, 1);

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "p-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        service = new Calls(port);
    }

    @Test
    void everyFormOfAPictureGivesTheSameProbabilitiesBitForBit() {
        GREY.register(models, storage, name);
        var levels = TestPictures.noise(8, 6, 3);
        var png = TestPictures.grey(8, 6, levels, "png");
        var flat = Arrays.toString(levels);
        var rows = rows(levels, 8, 6);
        var answers = new LinkedHashMap<String, JsonNode>();
        answers.put("png", service.post(predict(""), "image/png", png).json());
        answers.put(
                "bmp",
                service.post(predict(""), "image/bmp", TestPictures.grey(8, 6, levels, "bmp"))
                        .json());
        answers.put("multipart", service.postFiles(predict(""), files(png)).json());
        answers.put(
                "b64",
                instances("{\"b64\": \"%s\"}".formatted(Base64.getEncoder().encodeToString(png))));
        answers.put("flat", instances(flat));
        answers.put("rows", instances(rows));
        answers.put("channels", instances("[" + rows + "]"));
        var expected = answers.get("png").toString();
        assertThat(answers.get("png").at("/predictions/0/top")).hasSize(7);
        assertThat(answers)
                .allSatisfy((form, answer) -> assertThat(answer.toString()).isEqualTo(expected));

        var infer = infer("[1, 1, 8, 6]", flat);
        var nested = infer("[1, 1, 8, 6]", "[[" + rows + "]]");
        assertThat(nested).isEqualTo(infer);
        var byLabel = probabilities(answers.get("png"));
        var inferred = infer.at("/outputs/1/data");
        for (int k = 0; k < 7; k++) {
            assertThat(inferred.get(k).asString()).isEqualTo(byLabel.get("class " + k));
        }
    }

    @Test
    void answersAsTheNetworkComputes() {
        var version = GREY.register(models, storage, name);
        var levels = TestPictures.noise(8, 6, 5);
        var answer = service.post(predict("?topK=3"), "image/png", TestPictures.grey(8, 6, levels, "png"))
                .json();
        var expected = GREY.probabilities(IntStream.of(levels).asDoubleStream().toArray());
        var order = IntStream.range(0, 7)
                .boxed()
                .sorted((a, b) -> Double.compare(expected[b], expected[a]))
                .toList();
        assertThat(answer.at("/model").asString()).isEqualTo(name);
        assertThat(answer.at("/version").asInt()).isEqualTo(version.version());
        assertThat(answer.at("/predictions")).hasSize(1);
        var prediction = answer.at("/predictions/0");
        assertThat(prediction.at("/label").asString()).isEqualTo("class " + order.get(0));
        assertThat(prediction.at("/probability").asDouble()).isCloseTo(expected[order.get(0)], within(1e-5));
        assertThat(prediction.at("/top")).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(prediction.at("/top/%d/label".formatted(i)).asString()).isEqualTo("class " + order.get(i));
            assertThat(prediction.at("/top/%d/probability".formatted(i)).asDouble())
                    .isCloseTo(expected[order.get(i)], within(1e-5));
        }
        var infer = infer("[1, 1, 8, 6]", Arrays.toString(levels)).at("/outputs/0");
        assertThat(infer.at("/name").asString()).isEqualTo("logits");
        var logits = GREY.logits(IntStream.of(levels).asDoubleStream().toArray());
        for (int k = 0; k < 7; k++) {
            assertThat(infer.at("/data").get(k).asDouble()).isCloseTo(logits[k], within(1e-4));
        }
    }

    @Test
    void resizesAndConvertsPicturesAsIngestionDoes() throws Exception {
        var colour = new OnnxClassifier(List.of(3, 8, 6), 4, 2);
        colour.register(models, storage, name);
        var planes = IntStream.range(0, 3)
                .flatMap(channel -> IntStream.of(TestPictures.noise(20, 31, channel)))
                .toArray();
        for (var format : List.of("png", "jpeg", "bmp")) {
            var picture = TestPictures.colour(20, 31, planes, format);
            var pixels = Pictures.toSamples(Pictures.read(picture, Limits.DEFAULT), 3, 8, 6);
            var numbers = IntStream.range(0, pixels.length)
                    .mapToObj(i -> Integer.toString(pixels[i] & 0xff))
                    .collect(Collectors.joining(",", "[", "]"));
            assertThat(service.post(predict(""), "image/" + format, picture).json())
                    .isEqualTo(instances(numbers));
        }
        var grey = TestPictures.grey(8, 6, TestPictures.noise(8, 6, 9), "png");
        assertThat(service.post(predict(""), "image/png", grey).status()).isEqualTo(200);
    }

    @Test
    void classifiesManyAtOnceInTheirOrder() {
        GREY.register(models, storage, name);
        var pictures = IntStream.range(0, 150)
                .mapToObj(i -> TestPictures.noise(8, 6, i))
                .toList();
        var all = instances(pictures.stream().map(Arrays::toString).collect(Collectors.joining(",")));
        assertThat(all.at("/predictions")).hasSize(150);
        for (int i : new int[] {0, 63, 64, 128, 149}) {
            var expected = GREY.probabilities(
                    IntStream.of(pictures.get(i)).asDoubleStream().toArray());
            var found = all.at("/predictions/" + i);
            int best = Integer.parseInt(found.at("/label").asString().substring("class ".length()));
            assertThat(found.at("/probability").asDouble()).isCloseTo(expected[best], within(1e-5));
        }
        var files = files(pictures.subList(0, 120).stream()
                .map(levels -> TestPictures.grey(8, 6, levels, "png"))
                .toArray(byte[][]::new));
        var uploaded = service.postFiles(predict(""), files).json().at("/predictions");
        for (int i = 0; i < 120; i++) {
            assertThat(uploaded.get(i).at("/label")).isEqualTo(all.at("/predictions/%d/label".formatted(i)));
        }
    }

    @Test
    void classifiesFeatures() {
        var features = new OnnxClassifier(List.of(4), 3, 4);
        features.register(models, storage, name);
        var answer = instances("[0.5, -1.25, 3, 1e-3], [0, 0, 0, 0]");
        var expected = features.probabilities(new double[] {0.5, -1.25, 3, 1e-3});
        int best = Integer.parseInt(answer.at("/predictions/0/label").asString().substring("class ".length()));
        assertThat(answer.at("/predictions/0/probability").asDouble()).isCloseTo(expected[best], within(1e-6));
        assertThat(answer.at("/predictions/1/top/0/probability").asDouble()).isCloseTo(1 / 3.0, within(1e-6));
        assertThat(answer.at("/predictions/1/label").asString()).isEqualTo("class 0");
    }

    @Test
    void roundsPixels() {
        GREY.register(models, storage, name);
        var whole = instances("[" + "7,".repeat(46) + "0,255]");
        assertThat(instances("[" + "6.5,".repeat(23) + "7.49,".repeat(23) + "-0.3,255.4]"))
                .isEqualTo(whole);
    }

    @Test
    void servesTheVersionThatTheReferenceMeans() {
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
        new OnnxClassifier(List.of(2), 2, 2).register(models, storage, name);
        assertThat(versionOf(name)).isEqualTo(2);
        assertThat(versionOf(name + ":1")).isEqualTo(1);
        service.putJson("/api/v1/models/%s/aliases/production".formatted(name), "{\"version\": 1}");
        assertThat(versionOf(name)).isEqualTo(1);
        assertThat(versionOf(name + "@production")).isEqualTo(1);
        assertThat(versionOf(name + ":2")).isEqualTo(2);
    }

    @Test
    void concurrentRequestsOfManyThreadsGetTheSameAnswer() throws Exception {
        GREY.register(models, storage, name);
        var png = TestPictures.grey(8, 6, TestPictures.noise(8, 6, 11), "png");
        Callable<String> call =
                () -> service.post(predict(""), "image/png", png).toString();
        var threads = Executors.newFixedThreadPool(32);
        try {
            var answers = new ArrayList<String>();
            for (var done : threads.invokeAll(Collections.nCopies(320, call))) {
                answers.add(done.get());
            }
            assertThat(answers.get(0)).startsWith("200 ");
            assertThat(answers).containsOnly(answers.get(0));
        } finally {
            threads.shutdown();
        }
    }

    private int versionOf(String reference) {
        return service.postJson("/api/v1/models/%s/predict".formatted(reference), "{\"instances\": [[1, 2]]}")
                .json()
                .at("/version")
                .asInt();
    }

    private String predict(String query) {
        return "/api/v1/models/%s/predict%s".formatted(name, query.isEmpty() ? "?topK=100" : query);
    }

    private JsonNode instances(String instances) {
        var answer = service.postJson(predict(""), "{\"instances\": [%s]}".formatted(instances));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    private JsonNode infer(String shape, String data) {
        var answer = service.postJson(
                "/v2/models/%s/infer".formatted(name),
                "{\"inputs\": [{\"name\": \"input\", \"datatype\": \"UINT8\", \"shape\": %s, \"data\": %s}]}"
                        .formatted(shape, data));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    /** As written in the answer, by label. */
    private static Map<String, String> probabilities(JsonNode answer) {
        var byLabel = new LinkedHashMap<String, String>();
        answer.at("/predictions/0/top")
                .forEach(scored -> byLabel.put(
                        scored.at("/label").asString(),
                        scored.at("/probability").asString()));
        return byLabel;
    }

    private static String rows(int[] levels, int height, int width) {
        return IntStream.range(0, height)
                .mapToObj(y -> Arrays.toString(Arrays.copyOfRange(levels, y * width, (y + 1) * width)))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static LinkedHashMap<String, byte[]> files(byte[]... pictures) {
        var files = new LinkedHashMap<String, byte[]>();
        for (int i = 0; i < pictures.length; i++) {
            files.put("picture-%d.png".formatted(i), pictures[i]);
        }
        return files;
    }
}
