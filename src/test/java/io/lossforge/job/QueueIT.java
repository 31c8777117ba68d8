package io.lossforge.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ServiceTest
class QueueIT {

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs jobs;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    @Test
    void saysWhoWaitsInTheOrderOfTheQueue() {
        var usual = jobs.queued();
        var urgent = jobs.queued(json -> json.put("priority", 1000));
        http.patch("/api/v1/jobs/" + usual, "{\"priority\": 0}"); // this server sees a change of its own at once

        var queue = http.get("/api/v1/queue?pageSize=500").json();

        var ids = queue.path("jobs")
                .valueStream()
                .map(job -> UUID.fromString(job.path("id").asString()))
                .toList();
        assertThat(ids).containsSubsequence(urgent, usual);
        assertThat(queue.path("jobs")
                        .valueStream()
                        .map(job -> job.path("queuePosition").asLong()))
                .isSorted();
        assertThat(queue.path("waiting").asInt()).isGreaterThanOrEqualTo(ids.size());
        assertThat(http.get("/api/v1/queue?pageSize=1").json().path("jobs").size())
                .isEqualTo(1);
        assertThat(http.get("/api/v1/queue?pageSize=0").status()).isEqualTo(400);

        for (var job : new UUID[] {usual, urgent}) { // the context is shared with tests of their own queue
            http.post("/api/v1/jobs/" + job + "/cancel");
        }
    }

    @Test
    void saysWhoWorks() {
        JsonNode workers = http.get("/api/v1/workers").json().path("workers");

        assertThat(workers.isArray()).isTrue();
    }
}
