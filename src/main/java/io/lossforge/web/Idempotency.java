package io.lossforge.web;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Does a request once however often it is sent. The key, the answer and what the request changed are committed in one transaction:
 * a request that failed or died half-way leaves nothing, and may be sent again. A key is forgotten after 24 hours.
 */
@Component
@ConditionalOnRole(Role.SERVER)
public class Idempotency {

    private static final int LONGEST_KEY = 255;

    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final JsonMapper json;

    Idempotency(JdbcClient database, TransactionTemplate transaction, JsonMapper json) {
        this.database = database;
        this.transaction = transaction;
        this.json = json;
    }

    /**
     * Runs the operation, in a transaction, unless it was done before under the same key.
     *
     * @param operation what is done, such as {@code submit-job}: the same key for another operation is another key
     * @param key the request's {@code Idempotency-Key}; null means it is simply done
     * @param body the request's body
     * @param type of the answer; it must survive being written as JSON and read again
     * @param first does it and gives the answer
     * @return the answer, the first one if this is a repetition
     * @throws ApiException 422 {@code idempotency-key-reused} if the key came with another body, 409
     *     {@code idempotency-key-in-use} while the first is still being done, 400 if the key is none
     */
    public <T> T once(String operation, @Nullable String key, byte[] body, Class<T> type, Supplier<T> first) {
        if (key == null) {
            return answer(transaction.execute(status -> first.get()));
        }
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw ApiException.badRequest("/Idempotency-Key", "must have 1 to %d characters".formatted(LONGEST_KEY));
        }
        var bodySha256 = sha256(body);
        var caller = caller();
        return answer(
                transaction.execute(status -> onceInTransaction(operation, caller, key, bodySha256, type, first)));
    }

    private <T> T onceInTransaction(
            String operation, String caller, String key, String bodySha256, Class<T> type, Supplier<T> first) {
        lock(sha256((operation + '\n' + caller + '\n' + key).getBytes(StandardCharsets.UTF_8)));
        var done = database.sql("""
                        select body_sha256, answer from idempotency_key
                        where operation = :operation and caller = :caller and key = :key and expires_at > now()""")
                .param("operation", operation)
                .param("caller", caller)
                .param("key", key)
                .query(Done.class)
                .optional();
        if (done.isPresent()) {
            if (!done.get().bodySha256().equals(bodySha256)) {
                throw ApiException.unprocessable(
                        "idempotency-key-reused", "this Idempotency-Key came before with another body", List.of());
            }
            return json.readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(done.get().answer());
        }
        var result = first.get();
        remember(operation, caller, key, bodySha256, json.writeValueAsString(result));
        return result;
    }

    private void remember(String operation, String caller, String key, String bodySha256, String answer) {
        database.sql("""
                        insert into idempotency_key (operation, caller, key, body_sha256, answer, expires_at)
                        values (:operation, :caller, :key, :bodySha256, :answer, now() + interval '24 hours')
                        on conflict (operation, caller, key) do update
                        set body_sha256 = excluded.body_sha256, answer = excluded.answer, expires_at = excluded.expires_at""")
                .param("operation", operation)
                .param("caller", caller)
                .param("key", key)
                .param("bodySha256", bodySha256)
                .param("answer", answer)
                .update();
    }

    /** Held until the transaction ends, however it ends. */
    private void lock(String name) {
        var locked = database.sql("select pg_try_advisory_xact_lock(:id)")
                .param("id", Long.parseUnsignedLong(name.substring(0, 16), 16))
                .query(Boolean.class)
                .single();
        if (!locked) {
            throw new ApiException(
                    HttpStatus.CONFLICT,
                    "idempotency-key-in-use",
                    "the first request with this Idempotency-Key is still being done; try again soon",
                    List.of());
        }
    }

    /** Forgets keys that are older than they need to be. */
    @Scheduled(initialDelay = 10, fixedDelay = 60, timeUnit = TimeUnit.MINUTES)
    int forgetExpired() {
        return database.sql("delete from idempotency_key where expires_at < now()")
                .update();
    }

    private static <T> T answer(@Nullable T answer) {
        if (answer == null) {
            throw new IllegalStateException("an idempotent operation must have an answer");
        }
        return answer;
    }

    private static String caller() {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request) {
            var user = request.getRequest().getRemoteUser();
            return user == null ? "" : user;
        }
        return "";
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A row. */
    record Done(String bodySha256, String answer) {}
}
