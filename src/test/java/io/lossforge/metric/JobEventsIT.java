package io.lossforge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.Http;
import io.lossforge.ServiceTest;
import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.EndReason;
import io.lossforge.job.JobLog;
import io.lossforge.job.QueuedJobs;
import io.lossforge.training.MetricPoint;
import io.lossforge.training.TrainerEvent;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.transaction.support.TransactionTemplate;

@ServiceTest
@Timeout(120)
class JobEventsIT {

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    MetricPoints points;

    @Autowired
    TransactionTemplate transaction;

    private Http http;
    private UUID job;
    private Claim claim;
    private final List<EventStreamReader> readers = new ArrayList<>();

    @BeforeEach
    void runAJob() {
        http = new Http(port);
        given.emptyQueue();
        job = given.queued();
        claim = given.running(job);
    }

    @AfterEach
    void close() {
        readers.forEach(EventStreamReader::close);
    }

    @Test
    void streamsWhatIsStoredWhileItIsStored() {
        store(1, 3);
        var reader = open(null);
        assertThat(reader.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(reader.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(reader.headers().firstValue("X-Accel-Buffering")).hasValue("no");
        await().untilAsserted(() -> assertThat(reader.ids("metric")).containsExactly(1L, 2L, 3L));
        assertThat(reader.last("state").path("state").asString()).isEqualTo("RUNNING");

        store(4, 2);
        claimed.progressed(claim, new TrainerEvent.Progress(2, 20, 30, 300, 0.1, 900, 60));
        await().untilAsserted(() -> {
            assertThat(reader.ids("metric")).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(reader.last("progress").path("progress").asDouble()).isEqualTo(0.1);
            assertThat(reader.last("state").path("statusMessage").asString()).isEqualTo("epoch 2 of 20");
        });
        var point = reader.last("metric");
        assertThat(point.path("name").asString()).isEqualTo("loss");
        assertThat(point.path("split").asString()).isEqualTo("train");
        assertThat(point.path("value").asDouble()).isEqualTo(5.5);

        claimed.ended(claim, EndReason.DIVERGED, "the loss became NaN");
        await().until(reader::isEnded);
        assertThat(reader.last("end").path("state").asString()).isEqualTo("FAILED");
        assertThat(reader.names()).endsWith("state", "end");
    }

    @Test
    void resumesAnywhereWithoutGapOrDouble() {
        store(1, 40);
        var first = open(null);
        await().untilAsserted(() -> assertThat(first.ids("metric")).hasSize(40));
        first.close();
        store(41, 10);
        var second = open("40");
        await().untilAsserted(() -> assertThat(second.ids("metric"))
                .isEqualTo(IntStream.rangeClosed(41, 50).mapToObj(Long::valueOf).toList()));
        store(51, 1);
        await().untilAsserted(() -> assertThat(second.ids("metric")).hasSize(11).endsWith(51L));
    }

    @Test
    void logAndMetricsShareOneSequence() {
        store(1, 2);
        claimed.logged(claim, List.of(new JobLog.Chunk(claimed.reserve(claim, 1), 1, "two\nlines\n")));
        store(4, 1);
        var reader = open("1");
        await().untilAsserted(() -> assertThat(reader.ids("metric")).containsExactly(2L, 4L));
        assertThat(reader.ids("log")).containsExactly(3L);
        assertThat(reader.last("log").path("text").asString()).isEqualTo("two\nlines\n");
    }

    @Test
    void finishedJobStreamsItsHistoryAndEnds() {
        store(1, 2_500);
        claimed.ended(claim, EndReason.ERROR, "out of ideas");
        var reader = open(null);
        await().until(reader::isEnded);
        assertThat(reader.ids("metric"))
                .isEqualTo(
                        IntStream.rangeClosed(1, 2_500).mapToObj(Long::valueOf).toList());
        assertThat(reader.names()).endsWith("state", "end");
    }

    @Test
    void readerThatDoesNotReadHoldsUpNobody() throws Exception {
        store(1, 60_000);
        try (var asleep = new Socket("localhost", port)) {
            asleep.getOutputStream()
                    .write("GET /api/v1/jobs/%s/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .formatted(job)
                            .getBytes(StandardCharsets.US_ASCII));
            asleep.getOutputStream().flush();
            InputStream answer = asleep.getInputStream();
            assertThat(answer.read()).isEqualTo('H');

            var awake = open("59990");
            store(60_001, 1);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(awake.ids("metric")).hasSize(11).endsWith(60_001L));
        }
    }

    @Test
    void readersThatLeaveAtAnyMomentStopNobody() throws Exception {
        for (int i = 0; i < 100; i++) {
            try (var leaving = new Socket("localhost", port)) {
                leaving.setSoTimeout(20_000);
                leaving.setSoLinger(true, 0); // gone by a reset, while something is being written
                leaving.getOutputStream()
                        .write("GET /api/v1/jobs/%s/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .formatted(job)
                                .getBytes(StandardCharsets.US_ASCII));
                if (i % 2 == 0) {
                    assertThat(leaving.getInputStream().read()).isEqualTo('H');
                }
                store(1 + i, 1);
            }
        }
        var stays = open("90");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(stays.ids("metric")).hasSize(10).endsWith(100L));
        store(101, 1);
        await().untilAsserted(() -> assertThat(stays.ids("metric")).endsWith(101L));
    }

    @Test
    void manyReadersOfOneJobAllGetEverything() {
        for (int i = 0; i < 50; i++) {
            open(null);
        }
        store(1, 20);
        claimed.ended(claim, EndReason.ERROR, "enough");
        await().atMost(Duration.ofSeconds(30)).until(() -> readers.stream().allMatch(EventStreamReader::isEnded));
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.ids("metric")).hasSize(20));
    }

    @Test
    void refusesAnIdThatIsNoneOfTheStream() {
        assertThat(http.get("/api/v1/jobs/" + job + "/events", "Last-Event-ID", "abc")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void metricsArePolledAfterASequenceNumber() {
        store(1, 10);
        transaction.executeWithoutResult(status -> points.insert(
                job,
                List.of(new MetricPoints.NewPoint(
                        claimed.reserve(claim, 1), new MetricPoint("validation", "accuracy", 1, 10, 0.75), 0))));
        var all = http.get("/api/v1/jobs/" + job + "/metrics").json();
        assertThat(all.path("points")).hasSize(11);
        assertThat(all.path("lastSequence").asLong()).isEqualTo(11);
        var later = http.get("/api/v1/jobs/" + job + "/metrics?afterSequence=9").json();
        assertThat(later.path("points"))
                .extracting(point -> point.path("sequence").asLong())
                .containsExactly(10L, 11L);
        var one = http.get("/api/v1/jobs/" + job + "/metrics?name=accuracy&split=validation")
                .json();
        assertThat(one.path("points")).hasSize(1);
        assertThat(one.at("/points/0/value").asDouble()).isEqualTo(0.75);
        assertThat(one.at("/points/0/epoch").asInt()).isEqualTo(1);
        assertThat(http.get("/api/v1/jobs/" + job + "/metrics?name=nonsense")
                        .json()
                        .path("points"))
                .isEmpty();
        assertThat(http.get("/api/v1/jobs/" + job + "/metrics?afterSequence=-1").status())
                .isEqualTo(400);
        assertThat(http.get("/api/v1/jobs/" + job + "/metrics?maxPoints=1").status())
                .isEqualTo(400);
    }

    @Test
    void thinningKeepsPeaksAndTheEnds() {
        store(1, 1_000, i -> i == 500 ? 1e6 : i == 700 ? -1e6 : i);
        var thinned = http.get("/api/v1/jobs/" + job + "/metrics?maxPoints=100").json();
        assertThat(thinned.path("points").size()).isBetween(80, 100);
        var values = new ArrayList<Double>();
        thinned.path("points").forEach(point -> values.add(point.path("value").asDouble()));
        assertThat(values).contains(1e6, -1e6, 1.0, 1000.0);
        assertThat(thinned.path("lastSequence").asLong()).isEqualTo(1000);
        var few = http.get("/api/v1/jobs/" + job + "/metrics?maxPoints=5000").json();
        assertThat(few.path("points")).hasSize(1_000);
    }

    @Test
    void curveOfFewPointsStaysWholeBesideOneThatIsThinnedOut() {
        transaction.executeWithoutResult(status -> {
            claimed.reserve(claim, 2_000);
            points.insert(
                    job,
                    IntStream.rangeClosed(1, 2_000)
                            .mapToObj(i -> new MetricPoints.NewPoint(
                                    i,
                                    i % 200 < 3
                                            ? new MetricPoint("validation", "loss", 1, i, 1)
                                            : new MetricPoint("train", "loss", 1, i, i),
                                    0))
                            .toList());
        });
        var thinned = http.get("/api/v1/jobs/" + job + "/metrics?maxPoints=40").json();
        var splits = new ArrayList<String>();
        thinned.path("points").forEach(point -> splits.add(point.path("split").asString()));
        assertThat(splits).filteredOn("validation"::equals).hasSize(2_000 / 200 * 3);
        assertThat(splits).filteredOn("train"::equals).hasSize(40);
        assertThat(thinned.path("points"))
                .extracting(point -> point.path("sequence").asLong())
                .isSorted();
        var later = http.get("/api/v1/jobs/" + job + "/metrics?maxPoints=40&afterSequence=1000&split=train")
                .json();
        assertThat(later.path("points"))
                .hasSize(40)
                .allSatisfy(point -> assertThat(point.path("sequence").asLong()).isGreaterThan(1000));
    }

    private EventStreamReader open(String lastEventId) {
        var reader = EventStreamReader.open(http, "/api/v1/jobs/" + job + "/events", lastEventId);
        readers.add(reader);
        return reader;
    }

    private void store(int first, int count) {
        store(first, count, i -> i + 0.5);
    }

    private void store(int first, int count, java.util.function.IntToDoubleFunction value) {
        transaction.executeWithoutResult(status -> {
            long sequence = claimed.reserve(claim, count);
            assertThat(sequence).isEqualTo(first);
            points.insert(
                    job,
                    IntStream.range(first, first + count)
                            .mapToObj(i -> new MetricPoints.NewPoint(
                                    i, new MetricPoint("train", "loss", 1, i, value.applyAsDouble(i)), 0))
                            .toList());
        });
    }
}
