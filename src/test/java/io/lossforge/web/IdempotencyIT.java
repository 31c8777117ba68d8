package io.lossforge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.ServiceTest;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
class IdempotencyIT {

    record Made(UUID id, int number) {}

    @Autowired
    Idempotency idempotency;

    @Autowired
    JdbcClient database;

    private final AtomicInteger done = new AtomicInteger();
    private final String key = UUID.randomUUID().toString();

    @Test
    void repetitionGetsTheFirstAnswer() {
        var first = make("make", key, "body");

        assertThat(make("make", key, "body")).isEqualTo(first);
        assertThat(done).hasValue(1);
    }

    @Test
    void withoutAKeyEveryRequestIsDone() {
        assertThat(make("make", null, "body")).isNotEqualTo(make("make", null, "body"));
        assertThat(done).hasValue(2);
    }

    @Test
    void anotherKeyOrOperationIsAnotherRequest() {
        make("make", key, "body");
        make("make", key + "2", "body");
        make("unmake", key, "body");

        assertThat(done).hasValue(3);
    }

    @Test
    void sameKeyWithAnotherBodyIsA422() {
        make("make", key, "body");

        assertRefused(() -> make("make", key, "another body"), 422, "idempotency-key-reused");
        assertThat(done).hasValue(1);
    }

    @Test
    void keyInUseIsA409() throws Exception {
        var begun = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var first = CompletableFuture.supplyAsync(() -> idempotency.once("make", key, body("body"), Made.class, () -> {
            begun.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Made(UUID.randomUUID(), 1);
        }));
        begun.await();
        try {
            assertRefused(() -> make("make", key, "body"), 409, "idempotency-key-in-use");
        } finally {
            mayEnd.countDown();
        }

        var answer = first.get(); // the first request ends before it is repeated
        assertThat(make("make", key, "body")).isEqualTo(answer);
    }

    @Test
    void failureIsForgottenTogetherWithWhatItChanged() {
        assertThatThrownBy(() -> idempotency.once("make", key, body("body"), Made.class, () -> {
                    database.sql("insert into idempotency_key values ('x', 'x', :key, 'x', 'x', now(), now())")
                            .param("key", key)
                            .update();
                    throw new IllegalStateException("half-way");
                }))
                .hasMessage("half-way");

        assertThat(rows()).isZero();
        assertThat(make("make", key, "another body").number()).isEqualTo(1);
    }

    @Test
    void expiredKeysAreSweptAndMayBeUsedAnew() {
        var first = make("make", key, "body");
        database.sql("update idempotency_key set expires_at = now() - interval '1 second' where key = :key")
                .param("key", key)
                .update();

        assertThat(make("make", key, "another body")).isNotEqualTo(first);

        database.sql("update idempotency_key set expires_at = now() - interval '1 second' where key = :key")
                .param("key", key)
                .update();
        assertThat(idempotency.forgetExpired()).isPositive();
        assertThat(rows()).isZero();
    }

    @Test
    void emptyAndEndlessKeysAreRefused() {
        assertRefused(() -> make("make", " ", "body"), 400, "invalid-request");
        assertRefused(() -> make("make", "k".repeat(256), "body"), 400, "invalid-request");
    }

    private int rows() {
        return database.sql("select count(*) from idempotency_key where key = :key")
                .param("key", key)
                .query(Integer.class)
                .single();
    }

    private Made make(String operation, String key, String body) {
        return idempotency.once(
                operation, key, body(body), Made.class, () -> new Made(UUID.randomUUID(), done.incrementAndGet()));
    }

    private static byte[] body(String text) {
        return text.getBytes(UTF_8);
    }

    private static void assertRefused(ThrowingCallable request, int status, String code) {
        assertThatThrownBy(request).isInstanceOfSatisfying(ApiException.class, refusal -> {
            assertThat(refusal.status().value()).isEqualTo(status);
            assertThat(refusal.code()).isEqualTo(code);
        });
    }
}
