package io.lossforge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.web.SmallService;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Raw requests, since an HTTP client does not let a test choose Host and Origin. */
@ExtendWith(OutputCaptureExtension.class)
class AccessIT {

    private static final String PLAIN = "a-plain-key-of-more-than-24-characters";
    private static final String HASHED = "another-key-known-by-its-hash-only";

    private static ConfigurableApplicationContext open;
    private static ConfigurableApplicationContext closed;

    @BeforeAll
    static void start() {
        open = SmallService.start();
        closed = SmallService.start(
                "server.address=0.0.0.0",
                "lossforge.security.api-keys=%s,ci=sha256:%s"
                        .formatted(PLAIN, HexFormat.of().formatHex(ApiKey.sha256(HASHED))));
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    @Test
    void withoutKeysLoopbackIsOpen() throws IOException {
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "lossforge.localhost"})
    void withoutKeysNamesOfLoopbackAreTaken(String host) throws IOException {
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.evil.example",
                "192.168.1.7:8080",
                "localhost.evil.example",
                "10.0.0.1"
            })
    void withoutKeysOtherNamesAreRefusedSoThatDnsRebindingIsOfNoUse(String host) throws IOException {
        var answer = get(open, "/api/v1/parameters?limit=3", "Host: " + host);

        assertProblem(answer, 403, "foreign-origin");
        assertThat(get(open, "/v2/broken", "Host: " + host))
                .startsWith("HTTP/1.1 403")
                .contains("{\"error\":\"");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, 200",
        "https://localhost:8080, 200",
        "http://localhost:3000, 403",
        "http://evil.example, 403",
        "null, 403",
        "http://localhost:8080.evil.example, 403",
        "'http://local host', 403"
    })
    void withoutKeysOnlyItsOwnPagesMayCall(String origin, int status) throws IOException {
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost:8080", "Origin: " + origin))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void withoutKeysABrowserMayFollowALinkHereButNotFetchForAnotherPage() throws IOException {
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost", "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 403");
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost", "Sec-Fetch-Site: same-site"))
                .startsWith("HTTP/1.1 403");
        assertThat(get(
                        open,
                        "/api/v1/parameters?limit=3",
                        "Host: localhost",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Mode: navigate"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost", "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(open, "/api/v1/parameters?limit=3", "Host: localhost", "Sec-Fetch-Site: none"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/parameters?limit=3",
                "/api/v1/nowhere",
                "/api/openapi.yaml",
                "/api/docs",
                "/actuator/prometheus",
                "/actuator/info",
                "/error",
                "/"
            })
    void withKeysEverythingWantsOne(String path) throws IOException {
        var answer = get(closed, path, "Host: lossforge.example");

        assertProblem(answer, 401, "unauthorized");
        assertThat(answer).containsIgnoringCase("WWW-Authenticate: Bearer realm=\"lossforge\"");
    }

    @Test
    void withKeysOpenInferencePathsAnswerAnErrorObject() throws IOException {
        assertThat(get(closed, "/v2/broken", "Host: lossforge.example"))
                .startsWith("HTTP/1.1 401")
                .containsIgnoringCase("Content-Type: application/json")
                .contains("{\"error\":\"this needs an API key; send Authorization: Bearer <key>\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void withKeysHealthIsOpen(String path) throws IOException {
        assertThat(get(closed, path, "Host: lossforge.example"))
                .startsWith("HTTP/1.1 200")
                .contains("\"status\":\"UP\"");
    }

    @Test
    void withKeysHealthOfOpenInferenceIsOpen() throws IOException {
        assertThat(get(closed, "/v2/health/live", "Host: lossforge.example")).startsWith("HTTP/1.1 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + PLAIN, "bearer " + PLAIN, "Bearer " + HASHED})
    void withKeysWhoHasOneIsLetIn(String authorization) throws IOException {
        assertThat(get(
                        closed,
                        "/api/v1/parameters?limit=3",
                        "Host: lossforge.example",
                        "Authorization: " + authorization))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer", "Bearer x", "Basic YTpi", "Bearer ci", "Bearer sha256:abc", "Bearer " + PLAIN + "x"})
    void withKeysAnotherIsRefused(String authorization) throws IOException {
        assertProblem(
                get(closed, "/api/v1/parameters?limit=3", "Host: lossforge.example", "Authorization: " + authorization),
                401,
                "unauthorized");
    }

    @Test
    void hashItselfIsNoKey() throws IOException {
        var hash = HexFormat.of().formatHex(ApiKey.sha256(HASHED));

        assertThat(get(closed, "/api/v1/parameters?limit=3", "Host: a", "Authorization: Bearer sha256:" + hash))
                .startsWith("HTTP/1.1 401");
        assertThat(get(closed, "/api/v1/parameters?limit=3", "Host: a", "Authorization: Bearer " + hash))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void onlyHealthPrometheusAndInfoAreExposed() throws IOException {
        for (var endpoint :
                List.of("env", "configprops", "beans", "heapdump", "loggers", "shutdown", "mappings", "threaddump")) {
            assertThat(get(open, "/actuator/" + endpoint, "Host: localhost"))
                    .as(endpoint)
                    .startsWith("HTTP/1.1 404");
        }
        assertThat(get(open, "/actuator/prometheus", "Host: localhost")).startsWith("HTTP/1.1 200");
        assertThat(get(open, "/actuator/info", "Host: localhost")).startsWith("HTTP/1.1 200");
        assertThat(get(open, "/actuator/health", "Host: localhost")).doesNotContain("path", "/work", "total");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", ""})
    void doesNotStartOnANetworkWithoutKeysAndSaysHowToMakeOne(String address, CapturedOutput output) {
        assertThatThrownBy(() -> SmallService.start("server.address=" + address))
                .hasRootCauseInstanceOf(AccessNotConfigured.class);

        assertThat(output.getAll())
                .contains("has no API keys: anyone who reaches that address could use it")
                .contains("openssl rand -hex 32", "LOSSFORGE_SECURITY_API_KEYS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tooshort-but-secret", "sha256:nothex-but-secret", "a=tooshort-but-secret"})
    void doesNotStartWithAKeyThatIsNoneAndKeepsItOutOfTheLog(String key, CapturedOutput output) {
        assertThatThrownBy(() -> SmallService.start("lossforge.security.api-keys=" + key))
                .hasRootCauseInstanceOf(AccessNotConfigured.class);

        assertThat(output.getAll()).contains("lossforge.security.api-keys[0]: ").doesNotContain("but-secret");
    }

    private static void assertProblem(String answer, int status, String code) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .containsIgnoringCase("Content-Type: application/problem+json")
                .contains("\"status\":" + status, "\"code\":\"" + code + "\"", "\"traceId\":\"");
    }

    private static String get(ConfigurableApplicationContext service, String path, String... headers)
            throws IOException {
        try (var socket = new Socket("127.0.0.1", SmallService.port(service))) {
            var request =
                    "GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n".formatted(path, String.join("\r\n", headers));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
