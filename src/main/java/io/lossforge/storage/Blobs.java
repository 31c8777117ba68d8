package io.lossforge.storage;

import static org.springframework.transaction.annotation.Propagation.MANDATORY;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Blobs that rows refer to: none is left behind by a crash, and none is removed that a row refers to. Each key that may have to go is in the
 * table {@code blob_outbox}: noted before its first byte is stored, struck out in the transaction that refers to it, noted again in the
 * transaction that removes the reference. {@link #removeDue} takes away what is due, unless {@link BlobReferences} says it is in use; whoever
 * stores or keeps the same key at that moment waits for it, by the lock of the key's row. Safe for any number of threads and processes.
 */
@Component
public class Blobs {

    /** From the note before a blob is stored to the row that refers to it, at most; also the least age of a blob that is found by a look. */
    public static final Duration GRACE = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Blobs.class);
    private static final int LOOKED_UP_AT_ONCE = 500;

    private final Storage storage;
    private final List<BlobReferences> references;
    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final ApplicationEventPublisher events;

    Blobs(
            Storage storage,
            List<BlobReferences> references,
            JdbcClient database,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events) {
        this.storage = storage;
        this.references = references;
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.events = events;
    }

    /** Stores a file's bytes under the key. They are removed again unless {@link #keep} follows within an hour. */
    public Stored put(String key, Path file) {
        expect(key);
        return storage.put(key, file);
    }

    /**
     * Notes, in a transaction of its own, that bytes are about to be stored: if no row refers to them an hour from now, they are removed.
     *
     * @param unit a key, or the start of keys that ends with {@code /}, as {@link BlobReferences#unit} has it
     */
    public void expect(String unit) {
        apart.executeWithoutResult(status -> note(List.of(unit), GRACE));
    }

    /**
     * A row refers to the blob from now on: in the transaction that stores the row.
     *
     * @param unit a key, or the start of keys that ends with {@code /}
     * @throws NoSuchBlob if it was removed, or never stored: store it once more and try again
     */
    @Transactional(propagation = MANDATORY)
    public void keep(String unit) {
        note(
                List.of(unit),
                Duration.ZERO); // its lock is held until this transaction ends: nobody removes the blob meanwhile
        if (unit.endsWith("/") ? storage.list(unit).isEmpty() : !storage.exists(unit)) {
            throw new NoSuchBlob(unit);
        }
        strikeOut(List.of(unit));
    }

    /**
     * A row refers to the blobs no more: in the transaction that removes the row. Soon after it they are gone, unless other rows refer to
     * them.
     *
     * @param units keys, or starts of keys that end with {@code /}
     */
    @Transactional(propagation = MANDATORY)
    public void release(Collection<String> units) {
        note(units, Duration.ZERO);
        events.publishEvent(new BlobsReleased());
    }

    /** {@link #release(Collection)} of one. */
    @Transactional(propagation = MANDATORY)
    public void release(String unit) {
        release(List.of(unit));
    }

    /**
     * Removes blobs that are due, in one transaction. One that can't be removed now is tried again later, after a longer and longer wait.
     *
     * @param most keys dealt with, at most
     * @return keys dealt with; 0 when nothing is due
     */
    public int removeDue(int most) {
        Integer handled = apart.execute(status -> {
            var due = database.sql("""
                            select key from blob_outbox where due_at <= now() order by due_at limit :most
                            for update skip locked""")
                    .param("most", most)
                    .query((row, number) -> row.getString(1))
                    .list();
            var used = referenced(due);
            var done = new ArrayList<String>();
            for (var unit : due) {
                try {
                    if (!used.contains(unit)) {
                        remove(unit);
                    }
                    done.add(unit);
                } catch (UncheckedIOException e) {
                    postpone(unit, e);
                    break; // the others would have to wait as long
                }
            }
            strikeOut(done);
            return done.size();
        });
        return handled == null ? 0 : handled;
    }

    /**
     * Blobs that wait to be removed.
     *
     * @return how many keys are due; what is below a key counts as one
     */
    public long waiting() {
        return database.sql("select count(*) from blob_outbox where due_at <= now()")
                .query(Long.class)
                .single();
    }

    /** Blobs that nothing refers to. */
    public record Unreferenced(long count, long bytes) {}

    /**
     * Looks through the storage for blobs, an hour old or more, that no row refers to, such as those of a database that was put back to an
     * earlier state. Lists every blob.
     *
     * @param release whether those that are found are also released
     */
    public Unreferenced unreferenced(boolean release) {
        var youngest = Instant.now().minus(GRACE);
        var total = new Unreferenced[] {new Unreferenced(0, 0)};
        for (var owner : references) {
            var batch = new ArrayList<Blob>();
            storage.scan(owner.prefix(), blob -> {
                if (blob.modifiedAt().isBefore(youngest)) {
                    batch.add(blob);
                }
                if (batch.size() == LOOKED_UP_AT_ONCE) {
                    total[0] = unreferenced(owner, batch, total[0], release);
                    batch.clear();
                }
            });
            total[0] = unreferenced(owner, batch, total[0], release);
        }
        return total[0];
    }

    private Unreferenced unreferenced(BlobReferences owner, List<Blob> batch, Unreferenced before, boolean release) {
        Map<String, List<Blob>> units = new LinkedHashMap<>();
        for (var blob : batch) {
            units.computeIfAbsent(owner.unit(blob.key()), unit -> new ArrayList<>())
                    .add(blob);
        }
        units.keySet().removeAll(owner.referenced(units.keySet()));
        if (release && !units.isEmpty()) {
            log.info("{} blobs that nothing refers to are removed, such as those at {}", units.size(), first(units));
            apart.executeWithoutResult(status -> release(units.keySet()));
        }
        var found = units.values().stream().flatMap(List::stream).toList();
        return new Unreferenced(
                before.count() + found.size(),
                before.bytes() + found.stream().mapToLong(Blob::bytes).sum());
    }

    private static String first(Map<String, List<Blob>> units) {
        return units.keySet().iterator().next();
    }

    /** What is noted to leave later, because it is being stored, does not leave sooner. */
    private void note(Collection<String> units, Duration wait) {
        database.sql("""
                        insert into blob_outbox (key, due_at)
                        select key, now() + :wait * interval '1 millisecond' from unnest(:keys) as unit (key) order by key
                        on conflict (key) do update set due_at = greatest(blob_outbox.due_at, excluded.due_at)""")
                .param("wait", wait.toMillis())
                .param("keys", units.stream().distinct().toArray(String[]::new))
                .update();
    }

    private void strikeOut(Collection<String> units) {
        database.sql("delete from blob_outbox where key = any (:keys)")
                .param("keys", units.toArray(String[]::new))
                .update();
    }

    private void postpone(String unit, UncheckedIOException e) {
        log.warn("{} can't be removed now and is tried again: {}", unit, e.getMessage());
        database.sql("""
                        update blob_outbox
                        set failures = failures + 1, due_at = now() + least(power(2, failures), 3600) * interval '1 second'
                        where key = :key""").param("key", unit).update();
    }

    private Set<String> referenced(List<String> units) {
        var used = new HashSet<>(units);
        for (var owner : references) {
            var own = units.stream()
                    .filter(unit -> unit.startsWith(owner.prefix()))
                    .toList();
            if (!own.isEmpty()) {
                used.removeAll(own);
                used.addAll(owner.referenced(own));
            }
        }
        return used;
    }

    private void remove(String unit) {
        if (unit.endsWith("/")) {
            storage.list(unit).forEach(storage::delete);
        } else {
            storage.delete(unit);
        }
    }
}
