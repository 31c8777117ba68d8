package io.lossforge.demo;

import java.time.Duration;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** The service as anybody calls it. */
final class Api {

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);

    private final String address;
    private final RestClient http;

    Api(String address) {
        this.address = address;
        this.http = RestClient.create(address);
    }

    String address() {
        return address;
    }

    JsonNode get(String path) {
        return Objects.requireNonNull(http.get().uri(path).retrieve().body(JsonNode.class));
    }

    JsonNode post(String path, String json) {
        return Objects.requireNonNull(http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .retrieve()
                .body(JsonNode.class));
    }

    /** Returns once the service takes requests; the first start also registers the dataset {@code digits}. */
    void awaitReady() throws InterruptedException {
        var end = System.nanoTime() + READY_WITHIN.toNanos();
        while (true) {
            try {
                get("/actuator/health/readiness");
                get("/api/v1/datasets/digits");
                return;
            } catch (RestClientException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }
}
