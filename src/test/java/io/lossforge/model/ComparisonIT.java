package io.lossforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
class ComparisonIT {

    @LocalServerPort
    int port;

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    private Http http;
    private final String name = "compared-" + UUID.randomUUID();

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private String train(int epochs) {
        var job = http.post(
                "/api/v1/jobs", "{\"dataset\": \"digits\", \"model\": \"%s\", \"epochs\": %d}".formatted(name, epochs));
        assertThat(job.status()).as(job.body()).isEqualTo(202);
        var path = "/api/v1/jobs/" + job.json().path("id").asString();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> http.get(path).json().path("state").asString().equals("SUCCEEDED"));
        return path;
    }

    private Http.Answer compare(String versions) {
        return http.post("/api/v1/models/%s/compare".formatted(name), "{\"versions\": %s}".formatted(versions));
    }

    @Test
    void saysHowTwoVersionsDifferOnTheSamplesThatTheyShare() {
        var first = train(1);
        train(12);

        var answer = compare("[1, 2]");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var compared = answer.json();
        assertThat(compared.path("dataset").asString()).isEqualTo("digits");
        var accuracy = compared.at("/metrics/accuracy");
        assertThat(accuracy.path("first").asDouble())
                .isEqualTo(http.get(first + "/evaluation?split=test")
                        .json()
                        .path("accuracy")
                        .asDouble());
        assertThat(accuracy.path("difference").asDouble())
                .isEqualTo(accuracy.path("second").asDouble()
                        - accuracy.path("first").asDouble())
                .isPositive();
        var test = compared.path("mcNemar");
        double samples = compared.path("samples").asDouble();
        assertThat((test.path("onlySecond").asInt() - test.path("onlyFirst").asInt()) / samples)
                .as("the difference of accuracies is that of the discordant samples")
                .isCloseTo(accuracy.path("difference").asDouble(), within(1e-12));
        assertThat(test.path("pValue").asDouble()).isLessThan(0.05);
        assertThat(compared.path("verdict").asString()).startsWith("version 2 is right more often");
        assertThat(compared.path("perClass")).hasSize(10);

        var turned = compare("[2, 1]").json();
        assertThat(turned.path("verdict")).isEqualTo(compared.path("verdict"));
        assertThat(turned.at("/mcNemar/onlyFirst")).isEqualTo(test.path("onlySecond"));
        assertThat(compare("[2, 2]").json().path("verdict").asString()).startsWith("no difference");

        new GivenVersion(models, storage).register(name);
        var foreign = compare("[1, 3]");
        assertThat(foreign.status()).isEqualTo(422);
        assertThat(foreign.json().path("detail").asString())
                .isEqualTo("have no test samples in common: version 1 is of digits:1, version 3 of an unknown dataset");
    }

    /** A version that was trained elsewhere. */
    private record GivenVersion(Models models, Storage storage) {

        void register(String name) {
            var bytes = "onnx".getBytes(StandardCharsets.UTF_8);
            var stored = storage.put("models/%s.onnx".formatted(name), new ByteArrayInputStream(bytes), bytes.length);
            models.register(new NewModelVersion(
                    name,
                    null,
                    null,
                    null,
                    null,
                    stored.key(),
                    stored.sha256(),
                    stored.bytes(),
                    List.of("a", "b"),
                    "features",
                    List.of(3),
                    "softmax",
                    null,
                    null,
                    Map.of()));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1]        | 400 | /versions
            [1, 2, 3]  | 400 | /versions
            [1, 0]     | 400 | /versions/1
            [1, null]  | 400 | /versions/1
            [1, 2]     | 404 |
            """)
    void saysWhatIsWrong(String versions, int status, String pointer) {
        var answer = compare(versions);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString("")).isEqualTo(pointer == null ? "" : pointer);
    }
}
