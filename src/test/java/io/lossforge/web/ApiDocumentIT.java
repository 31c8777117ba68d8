package io.lossforge.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.ServiceTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

@ServiceTest
class ApiDocumentIT {

    private static final Path COMMITTED = Path.of("src/main/resources/openapi.yaml");

    @LocalServerPort
    int port;

    @Test
    void servedDocumentIsTheCommittedOne() throws Exception {
        var served = get("/api/openapi.yaml").body();
        if (Boolean.getBoolean("openapi.write")) {
            Files.writeString(COMMITTED, served);
        }

        assertThat(Files.exists(COMMITTED) ? Files.readString(COMMITTED) : "")
                .as("%s is not what the service serves; write it anew with: mvn verify -Popenapi", COMMITTED)
                .isEqualTo(served);
    }

    @Test
    void jsonFormSaysTheSame() throws Exception {
        var document = JsonMapper.shared().readTree(get("/api/openapi.json").body());

        assertThat(document.at("/openapi").stringValue()).startsWith("3.1");
        assertThat(document.at("/info/title").stringValue()).isEqualTo("Lossforge");
        assertThat(document.at("/components/securitySchemes/apiKey/scheme").stringValue())
                .isEqualTo("bearer");
        assertThat(document.at("/components/responses/Problem/content/application~1problem+json/schema/$ref")
                        .stringValue())
                .isEqualTo("#/components/schemas/Problem");
    }

    @Test
    void everyOperationHasASummaryAnIdAndAProblem() throws Exception {
        var document = JsonMapper.shared().readTree(get("/api/openapi.json").body());

        assertThat(document.get("paths")).isNotEmpty();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    var name = operation.getKey() + " " + path.getKey();
                    assertThat(operation.getValue().at("/summary").asString(""))
                            .as(name)
                            .isNotBlank();
                    assertThat(operation.getValue().at("/operationId").asString(""))
                            .as(name)
                            .matches("[a-z][A-Za-z0-9]*");
                    assertThat(operation
                                    .getValue()
                                    .at("/responses/default/$ref")
                                    .asString(""))
                            .as(name)
                            .isIn("#/components/responses/Problem", "#/components/responses/OpenInferenceError");
                }));
    }

    /** Generated clients break on them (openapi-generator #22541, #24198). */
    @Test
    void noBodyIsAChoiceOfSchemas() throws Exception {
        assertThat(get("/api/openapi.yaml").body()).doesNotContain("oneOf:", "anyOf:", "discriminator:");
    }

    @Test
    void pagesShowTheDocumentWithoutAnythingFromElsewhere() throws Exception {
        var page = get("/api/docs");

        assertThat(page.statusCode()).isEqualTo(302);
        var shown = get(
                URI.create(page.headers().firstValue("Location").orElseThrow()).getPath());
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body()).contains("swagger-ui").doesNotContain("http://", "https://");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(port, path)))
                                .build(),
                        BodyHandlers.ofString());
    }
}
