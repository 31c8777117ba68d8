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
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@ServiceTest
@Timeout(120)
class JobLogIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    @LocalServerPort
    int port;

    @Autowired
    QueuedJobs given;

    @Autowired
    ClaimedJobs claimed;

    @Autowired
    MetricPoints points;

    @Autowired
    JobEvents streams;

    @Autowired
    JdbcClient database;

    @Autowired
    TransactionTemplate transaction;

    private Http http;
    private UUID job;
    private Claim claim;
    private final List<FollowedLog> followers = new ArrayList<>();

    @BeforeEach
    void runAJob() {
        http = new Http(port);
        given.emptyQueue();
        job = given.queued(json -> json.put("maxAttempts", 2));
        claim = given.running(job);
    }

    @AfterEach
    void close() {
        followers.forEach(FollowedLog::close);
    }

    @Test
    void printsAppearWhileTheJobRunsAndTheAnswerEndsWithIt() {
        print(claim, "before\n");
        var follower = follow();
        assertThat(follower.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(follower.headers().firstValue("X-Accel-Buffering")).hasValue("no");
        await().until(() -> follower.text().equals("before\n"));

        print(claim, "epoch 1 of 20: ä\n");
        await().until(() -> follower.text().equals("before\nepoch 1 of 20: ä\n"));
        assertThat(follower.isEnded()).isFalse();

        claimed.ended(claim, EndReason.DIVERGED, "the loss became NaN");
        await().until(follower::isEnded);
        assertThat(follower.text()).isEqualTo(whole());
    }

    @Test
    void goesOnThroughTheNextAttempt() {
        print(claim, "first\n");
        var follower = follow();
        await().until(() -> follower.text().equals("first\n"));

        claimed.ended(claim, EndReason.KILLED, "killed");
        database.sql("update training_job set run_after = now() where id = ?")
                .param(job)
                .update();
        var second = given.running(job);
        measure(second);
        print(second, "second\n");
        await().until(() -> follower.text().equals("first\n── attempt 2 ──\nsecond\n"));
        print(second, "and on\n");
        claimed.ended(second, EndReason.KILLED, "killed again");

        await().until(follower::isEnded);
        assertThat(follower.text())
                .isEqualTo("first\n── attempt 2 ──\nsecond\nand on\n")
                .isEqualTo(whole());
    }

    @Test
    void manyFollowersAllGetEverything() {
        for (int i = 0; i < 100; i++) {
            follow();
        }
        for (int i = 0; i < 50; i++) {
            measure(claim);
            print(claim, "line %d\n".formatted(i).repeat(100));
        }
        claimed.ended(claim, EndReason.ERROR, "enough");
        await().atMost(SOON).until(() -> followers.stream().allMatch(FollowedLog::isEnded));
        var whole = whole();
        assertThat(whole.lines()).hasSize(5_000);
        assertThat(followers).allMatch(follower -> follower.text().equals(whole));
    }

    @Test
    void logOfAFinishedJobComesAtOnce() {
        print(claim, "all\n");
        claimed.ended(claim, EndReason.ERROR, "out of ideas");
        var follower = follow();
        await().until(follower::isEnded);
        assertThat(follower.text()).isEqualTo("all\n");
    }

    /** Even where nothing is printed. */
    @Test
    void followerThatHasGoneIsNoticed() throws Exception {
        await().atMost(SOON).until(() -> streams.open() == 0);
        try (var leaving = new Socket("localhost", port)) {
            leaving.setSoTimeout(20_000);
            leaving.setSoLinger(true, 0);
            leaving.getOutputStream()
                    .write("GET /api/v1/jobs/%s/log?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .formatted(job)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> streams.open() == 1);
        }
        await().atMost(SOON).until(() -> streams.open() == 0);
    }

    @Test
    void deletedJobHasNoLogToFollow() {
        assertThat(http.get("/api/v1/jobs/" + UUID.randomUUID() + "/log?follow=true")
                        .status())
                .isEqualTo(404);
    }

    private FollowedLog follow() {
        var follower = FollowedLog.of(http, job);
        followers.add(follower);
        return follower;
    }

    private String whole() {
        return http.get("/api/v1/jobs/" + job + "/log").body();
    }

    private void print(Claim by, String text) {
        transaction.executeWithoutResult(status ->
                claimed.logged(by, List.of(new JobLog.Chunk(claimed.reserve(by, 1), by.attempt(), text))));
    }

    private void measure(Claim by) {
        transaction.executeWithoutResult(status -> points.insert(
                job,
                List.of(new MetricPoints.NewPoint(
                        claimed.reserve(by, 1), new MetricPoint("train", "loss", 1, 1, 0.5), 0))));
    }
}
