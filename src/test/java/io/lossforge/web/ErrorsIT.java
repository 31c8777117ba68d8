package io.lossforge.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.catalogue.Violation;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class ErrorsIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext service;

    @BeforeAll
    static void start() {
        service = SmallService.start("lossforge.web.max-body=1KB", "spring.servlet.multipart.max-file-size=2KB");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void unknownKeyIsA400ThatSuggestsTheNearest() throws Exception {
        var answer = post("/api/v1/bodies", "{\"cuont\": 3}");

        var problem = problem(answer, 400, "invalid-request");
        assertThat(errors(problem))
                .containsExactly(new Violation(
                        "/cuont",
                        "key \"cuont\" is not known; did you mean \"count\"? known: colour, count, id, inner"));
        assertThat(problem.get("title").stringValue()).isEqualTo("Bad Request");
        assertThat(problem.get("type").stringValue()).isEqualTo("about:blank");
        assertThat(problem.get("instance").stringValue()).isEqualTo("/api/v1/bodies");
    }

    @Test
    void valueOfAnotherTypeIsA400ThatPointsAtIt() throws Exception {
        assertThat(errors(problem(post("/api/v1/bodies", "{\"count\": \"three\"}"), 400, "invalid-request")))
                .containsExactly(new Violation("/count", "must be a whole number within bounds"));
        assertThat(errors(problem(post("/api/v1/bodies", "{\"count\": 99999999999}"), 400, "invalid-request")))
                .extracting(Violation::pointer)
                .containsExactly("/count");
        assertThat(errors(problem(post("/api/v1/bodies", "{\"id\": \"x\"}"), 400, "invalid-request")))
                .containsExactly(new Violation("/id", "must be a UUID, was \"x\""));
        assertThat(errors(problem(post("/api/v1/bodies", "{\"colour\": \"BLUE\"}"), 400, "invalid-request")))
                .containsExactly(new Violation("/colour", "must be one of RED, GREEN, was \"BLUE\""));
        assertThat(errors(problem(post("/api/v1/bodies", "{\"inner\": [{\"number\": null}]}"), 400, "invalid-request")))
                .containsExactly(new Violation("/inner/0/number", "must not be null"));
        assertThat(errors(problem(post("/api/v1/bodies", "{\"inner\": {}}"), 400, "invalid-request")))
                .containsExactly(new Violation("/inner", "must be an array"));
        assertThat(errors(problem(
                        post("/api/v1/bodies", "{\"inner\": [{\"number\": 1, \"text\": \"a\"}]}"),
                        400,
                        "invalid-request")))
                .containsExactly(new Violation("/inner/0/text", "must have at least 2 characters"));
    }

    @Test
    void bodyThatIsNoJsonIsA400ThatSaysWhere() throws Exception {
        assertThat(detail(problem(post("/api/v1/bodies", "{\"count\": 3,\n }"), 400, "malformed-json")))
                .startsWith("the body is not JSON that is taken: line 2, column ");
        assertThat(detail(problem(post("/api/v1/bodies", "{\"count\": 3"), 400, "malformed-json")))
                .endsWith("Unexpected end-of-input: expected close marker for Object");
        problem(post("/api/v1/bodies", "{\"count\": 3} {}"), 400, "malformed-json");
        problem(post("/api/v1/bodies", "{\"count\": 3, \"count\": 4}"), 400, "malformed-json");
        problem(post("/api/v1/trees", "{\"a\": 3, \"a\": 4}"), 400, "malformed-json");
        assertThat(detail(problem(post("/api/v1/bodies", ""), 400, "invalid-request")))
                .isEqualTo("the request needs a body");
    }

    @Test
    void deepNestingAndLongNumbersAreRefused() throws Exception {
        problem(post("/api/v1/trees", "[".repeat(100) + "]".repeat(100)), 400, "malformed-json");
        problem(post("/api/v1/trees", "9".repeat(100)), 400, "malformed-json");
        assertThat(post("/api/v1/trees", "[".repeat(40) + "]".repeat(40)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void wrongParametersAndHeadersAreNamed() throws Exception {
        assertThat(errors(problem(get("/api/v1/parameters"), 400, "invalid-request")))
                .containsExactly(new Violation("/limit", "is required"));
        assertThat(errors(problem(get("/api/v1/parameters?limit=many"), 400, "invalid-request")))
                .containsExactly(new Violation("/limit", "must be a whole number within bounds, was \"many\""));
        assertThat(errors(problem(get("/api/v1/parameters?limit=10"), 400, "invalid-request")))
                .containsExactly(new Violation("/limit", "must be less than or equal to 9, was \"10\""));
        assertThat(errors(problem(get("/api/v1/headers"), 400, "invalid-request")))
                .containsExactly(new Violation("/If-Match", "is required, as a header"));
        assertThat(errors(problem(get("/api/v1/things/7"), 400, "invalid-request")))
                .containsExactly(new Violation("/id", "must be a UUID, was \"7\""));
    }

    @Test
    void violationsOfADocumentAreAllThere() throws Exception {
        var problem = problem(post("/api/v1/documents", "{}"), 400, "invalid-request");

        assertThat(detail(problem)).isEqualTo("2 values of the request are wrong");
        assertThat(errors(problem))
                .containsExactly(
                        new Violation("/loss/parameters/beta", "must be >= 0, was -1"),
                        new Violation("/epochs", "must be >= 1, was 0"));
    }

    @Test
    void unknownPathAndMissingThingAre404() throws Exception {
        problem(get("/api/v1/nowhere"), 404, "not-found");
        problem(get("/actuator/env"), 404, "not-found");
        var id = "0199c1f0-0000-7000-8000-000000000000";
        assertThat(detail(problem(get("/api/v1/things/" + id), 404, "thing-not-found")))
                .isEqualTo("thing " + id + " is not there");
    }

    @Test
    void wrongMethodIs405WithAllow() throws Exception {
        var answer = get("/api/v1/bodies");

        assertThat(detail(problem(answer, 405, "method-not-allowed")))
                .isEqualTo("GET is not possible here; possible: POST");
        assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
    }

    @Test
    void unacceptableTypeIs406() throws Exception {
        var answer = HTTP.send(
                request("/api/v1/parameters?limit=3")
                        .header("Accept", "text/csv")
                        .build(),
                BodyHandlers.ofString());

        assertThat(detail(problem(answer, 406, "not-acceptable")))
                .isEqualTo("Accept asks for none of what there is: application/json");
    }

    @Test
    void largeBodyIs413WhetherItsLengthIsStatedOrNot() throws Exception {
        var large = "\"" + "x".repeat(2000) + "\"";
        var stated = post("/api/v1/trees", large);
        var chunked = HTTP.send(
                request("/api/v1/trees")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
                        .build(),
                BodyHandlers.ofString());

        assertThat(detail(problem(stated, 413, "content-too-large"))).isEqualTo("the body has more than 1024 bytes");
        assertThat(detail(problem(chunked, 413, "content-too-large"))).isEqualTo("the body has more than 1024 bytes");
    }

    @Test
    void largeUploadIs413AndABrokenOneIs400() throws Exception {
        problem(upload("--b\r\n" + part("file") + "x".repeat(3000) + "\r\n--b--\r\n"), 413, "content-too-large");
        problem(upload("--b\r\n" + part("file") + "x"), 400, "malformed-multipart");
        assertThat(errors(problem(upload("--b\r\n" + part("other") + "x\r\n--b--\r\n"), 400, "invalid-request")))
                .containsExactly(new Violation("/file", "is required, as a part of multipart/form-data"));
    }

    @Test
    void otherMediaTypeIs415WithAccept() throws Exception {
        var answer = HTTP.send(
                request("/api/v1/bodies")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(detail(problem(answer, 415, "unsupported-media-type")))
                .isEqualTo("Content-Type text/plain is not taken; taken: application/json");
        assertThat(answer.headers().firstValue("Accept")).hasValue("application/json");
    }

    @Test
    void tooManyRequestsAndUnavailableSayWhenToComeAgain() throws Exception {
        var busy = get("/api/v1/busy");
        var full = get("/api/v1/full");

        problem(busy, 429, "too-many-requests");
        assertThat(busy.headers().firstValue("Retry-After")).hasValue("7");
        problem(full, 503, "queue-full");
        assertThat(full.headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void fullDiskIsSaidToBeOne() throws Exception {
        var answer = get("/api/v1/crowded");

        var problem = problem(answer, 507, "insufficient-storage");
        assertThat(problem.get("detail").stringValue()).contains("disk is full").doesNotContain("srv");
    }

    @Test
    void unforeseenFailureSaysNothingButTheTraceIdThatIsInTheLog(CapturedOutput output) throws Exception {
        var answer = HTTP.send(
                request("/api/v1/broken")
                        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                        .build(),
                BodyHandlers.ofString());

        var problem = problem(answer, 500, "internal-error");
        assertThat(problem.get("traceId").stringValue()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(answer.headers().firstValue("X-Trace-Id")).hasValue("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(answer.body()).doesNotContain("secret", "Exception", "srv", "java");
        assertThat(output.getAll())
                .containsPattern("4bf92f3577b34da6a3ce929d0e0e4736.*GET /api/v1/broken failed")
                .contains("IllegalStateException: secret of /srv/lossforge/Secret.java");
    }

    @Test
    void openInferencePathsAnswerAnErrorObject() throws Exception {
        assertThat(openInferenceError(get("/v2/broken"), 500)).startsWith("something went wrong in the service");
        assertThat(openInferenceError(get("/v2/nowhere"), 404)).isEqualTo("there is nothing here");
        assertThat(openInferenceError(get("/v2/documents"), 405)).startsWith("GET is not possible here");
        assertThat(openInferenceError(post("/v2/documents", "{}"), 400))
                .isEqualTo("2 values of the request are wrong: /loss/parameters/beta must be >= 0, was -1;"
                        + " /epochs must be >= 1, was 0");
    }

    @Test
    void requestsTheServerItselfRefusesAreProblemsToo() throws Exception {
        for (var line : List.of("GET /a|b HTTP/1.1", "GET /%zz HTTP/1.1", "GET /%00 HTTP/1.1", "GET /a;b=c HTTP/1.1")) {
            var answer = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(line).startsWith("HTTP/1.1 400");
            assertThat(answer).as(line).containsIgnoringCase("Content-Type: application/problem+json");
            assertThat(answer).as(line).contains("\"status\":400", "\"traceId\":\"");
            assertThat(answer).as(line).doesNotContainIgnoringCase("tomcat", "exception", "<html");
        }
    }

    @Test
    void answersAreNeitherCachedNorSniffed() throws Exception {
        for (var answer : List.of(get("/api/v1/parameters?limit=3"), get("/api/v1/nowhere"))) {
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("Cache-Control").orElseThrow())
                    .contains("no-store");
            assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'self'");
        }
    }

    private static String part(String name) {
        return "Content-Disposition: form-data; name=\"%s\"; filename=\"a.bin\"\r\n\r\n".formatted(name);
    }

    private static HttpResponse<String> upload(String body) throws Exception {
        return HTTP.send(
                request("/api/v1/uploads")
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(SmallService.port(service), path)));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String json) throws Exception {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", SmallService.port(service))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonNode problem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        var problem = JSON.readTree(answer.body());
        assertThat(problem.propertyNames())
                .containsExactlyInAnyOrder(
                        "type", "title", "status", "detail", "instance", "code", "traceId", "errors");
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("code").stringValue()).isEqualTo(code);
        assertThat(problem.get("traceId").stringValue()).matches("[0-9a-f]{32}");
        assertThat(answer.headers().firstValue("X-Trace-Id"))
                .hasValue(problem.get("traceId").stringValue());
        assertThat(answer.body()).doesNotContain("java.", "Exception", "org.springframework", "tools.jackson");
        return problem;
    }

    private static String detail(JsonNode problem) {
        return problem.get("detail").stringValue();
    }

    private static List<Violation> errors(JsonNode problem) {
        return JSON.treeToValue(
                problem.get("errors"), JSON.getTypeFactory().constructCollectionType(List.class, Violation.class));
    }

    private static String openInferenceError(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        var error = JSON.readTree(answer.body());
        assertThat(error.propertyNames()).containsExactly("error");
        return error.get("error").stringValue();
    }
}
