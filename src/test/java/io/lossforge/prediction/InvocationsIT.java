package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
class InvocationsIT {

    private static final String JSON = "application/json";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String name = "i-" + UUID.randomUUID();

    @BeforeEach
    void register() {
        service = new Calls(port);
        new OnnxClassifier(List.of(2), 2, 1).register(models, storage, name);
    }

    private Calls.Answer invoke(String type, byte[] body) {
        return service.send("POST", "/invocations", body, "Content-Type", type, "X-Amzn-SageMaker-Target-Model", name);
    }

    private Calls.Answer invoke(String type, String body) {
        return invoke(type, body.getBytes(StandardCharsets.UTF_8));
    }

    /** All of them the samples (1, 2.5) and (-3, 4). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'instances': [[1, 2.5], [-3, 4]]}",
                "{'inputs': [[1, 2.5], [-3, 4]], 'params': {'x': [1]}}",
                "{'inputs': {'input': [[1, 2.5], [-3, 4]]}}",
                "{'dataframe_split': {'columns': ['a', 'b'], 'index': [0, 1], 'data': [[1, 2.5], [-3, 4]]}}",
                "{'dataframe_split': {'data': [[1, 2.5], [-3, 4]], 'columns': ['a', 'b']}}",
                "{'dataframe_records': [{'a': 1, 'b': 2.5}, {'b': 4, 'a': -3}]}"
            })
    void everyFormSaysTheSameAsPredict(String body) {
        var predicted =
                service.postJson("/api/v1/models/%s/predict".formatted(name), "{\"instances\": [[1, 2.5], [-3, 4]]}");
        var answer = invoke(JSON, body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(predicted.json());
        assertThat(invoke("text/csv", "a,b\n1,2.5\n-3,4\n").json()).isEqualTo(predicted.json());
    }

    @Test
    void aPictureIsASampleToo() {
        new OnnxClassifier(List.of(1, 4, 4), 2, 1).register(models, storage, name + "p");
        var png = TestPictures.grey(4, 4, TestPictures.noise(4, 4, 1), "png");
        var predicted = service.post("/api/v1/models/%sp/predict".formatted(name), "image/png", png);
        var answer = service.send(
                "POST", "/invocations", png, "Content-Type", "image/png", "X-Amzn-SageMaker-Target-Model", name + "p");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(predicted.json());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                              |                          | must be an object with one of
            []                                                              |                          | must be an object with one of
            {'instances': [[1, 2]], 'inputs': [[1, 2]]}                     | /inputs                  | is given beside instances
            {'instance': [[1, 2]]}                                          | /instance                | did you mean "instances"?
            {'inputs': {'in': [[1, 2]]}}                                    | /inputs/in               | "in"
            {'inputs': {'input': [[1, 2]], 'x': 1}}                         | /inputs/x                | "x"
            {'inputs': [1, 2]}                                              | /inputs/0                | must be an array
            {'dataframe_split': []}                                         | /dataframe_split         | must be an object
            {'dataframe_split': {'columns': ['a', 'b']}}                    | /dataframe_split/data    | is required
            {'dataframe_split': {'columns': ['a'], 'data': [[1, 2]]}}       | /dataframe_split/columns | must be an array of 2 names, has 1
            {'dataframe_split': {'columns': ['a', 'b'], 'data': [[1]]}}     | /dataframe_split/data/0  | has shape [1]
            {'dataframe_records': []}                                       | /dataframe_records       | at least one
            {'dataframe_records': [1]}                                      | /dataframe_records/0     | must be an object
            {'dataframe_records': [{'a': 1}]}                               | /dataframe_records/0     | has 1 columns, must have 2
            {'dataframe_records': [{'a': 1, 'b': 2, 'c': 3}]}               | /dataframe_records/0     | more than 2 columns
            {'dataframe_records': [{'a': 1, 'b': 2}, {'a': 1, 'c': 2}]}     | /dataframe_records/1     | does not have: "c"
            {'dataframe_records': [{'a': 1, 'b': null}]}                    | /dataframe_records/0     | "b" is no number
            {'dataframe_records': [{'a': 1, 'b': 1e99}]}                    | /dataframe_records/0     | finite float32
            """)
    void saysWhatIsWrong(String body, String pointer, String detail) {
        var answer = invoke(JSON, body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer == null ? "" : pointer);
        assertThat(answer.json().at("/detail").asString()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a,b                  |    | at least one
            a,b;1                | /0 | has 1 values, must have 2
            a,b;1,2;3,x          | /1 | column 1 is no number: "x"
            a,b;1,NaN            | /0 | finite float32
            a,b;1,"2             | /0 | is no row of CSV
            """)
    void saysWhatIsWrongWithCsv(String body, String pointer, String detail) {
        var answer = invoke("text/csv", body.replace(";", "\n"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer == null ? "" : pointer);
        assertThat(answer.json().at("/detail").asString()).contains(detail);
    }

    @Test
    void rowsAreBounded() {
        assertThat(invoke("text/csv", "a,b\n" + "1,2\n".repeat(1025)).status()).isEqualTo(413);
        assertThat(invoke(JSON, "{\"dataframe_records\": [" + "{\"a\":1,\"b\":2},".repeat(1024) + "{\"a\":1,\"b\":2}]}")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void saysHowToChooseAModel() {
        assertThat(service.get("/ping").status()).isEqualTo(200);
        var answer = service.postJson("/invocations", "{\"instances\": [[1, 2]]}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/code").asString()).isEqualTo("no-model-chosen");
        assertThat(answer.json().at("/detail").asString()).contains("lossforge.prediction.invocations-model");
    }
}
