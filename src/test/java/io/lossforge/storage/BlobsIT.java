package io.lossforge.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.PostgresForTests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** With a table of its own whose rows refer to blobs, and files. */
class BlobsIT {

    private static DriverManagerDataSource dataSource;

    @TempDir
    Path root;

    @TempDir
    Path local;

    private JdbcClient database;
    private TransactionTemplate transaction;
    private FileStorage storage;
    private Blobs blobs;
    private Path file;

    @BeforeAll
    static void migrate() {
        var details = PostgresForTests.newDatabase();
        dataSource = new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        Flyway.configure().dataSource(dataSource).load().migrate();
        JdbcClient.create(dataSource)
                .sql("create table reference (id serial primary key, key text not null)")
                .update();
    }

    @BeforeEach
    void start() throws IOException {
        database = JdbcClient.create(dataSource);
        database.sql("truncate reference, blob_outbox").update();
        storage = new FileStorage(root);
        file = Files.writeString(local.resolve("file"), "abc");
        blobs = blobs(storage);
    }

    private Blobs blobs(Storage storage) {
        var transactions = new JdbcTransactionManager(dataSource);
        transaction = new TransactionTemplate(transactions);
        return new Blobs(storage, List.of(new References()), database, transactions, event -> {});
    }

    private final class References implements BlobReferences {

        @Override
        public String prefix() {
            return "tests/";
        }

        @Override
        public Set<String> referenced(Collection<String> units) {
            return new HashSet<>(database.sql("select key from reference where key = any (:units)")
                    .param("units", units.toArray(String[]::new))
                    .query(String.class)
                    .list());
        }
    }

    private void refer(String key) {
        transaction.executeWithoutResult(status -> {
            database.sql("insert into reference (key) values (?)").param(key).update();
            blobs.keep(key);
        });
    }

    private void forgetOne(String key) {
        transaction.executeWithoutResult(status -> {
            database.sql("delete from reference where id = (select id from reference where key = ? limit 1)")
                    .param(key)
                    .update();
            blobs.release(key);
        });
    }

    private void anHourLater() {
        database.sql("update blob_outbox set due_at = due_at - interval '61 minutes'")
                .update();
    }

    private long noted() {
        return database.sql("select count(*) from blob_outbox")
                .query(Long.class)
                .single();
    }

    @Test
    void keptBlobStaysAndNothingIsNotedOfIt() {
        blobs.put("tests/a", file);
        assertThat(noted()).isEqualTo(1);
        refer("tests/a");

        assertThat(noted()).isZero();
        assertThat(blobs.removeDue(10)).isZero();
        assertThat(storage.exists("tests/a")).isTrue();
    }

    @Test
    void blobOfAWriterThatDiedBeforeItsRowGoesAfterAnHourAndNotBefore() {
        blobs.put("tests/a", file);

        assertThat(blobs.removeDue(10)).isZero();
        assertThat(storage.exists("tests/a")).isTrue();
        anHourLater();
        assertThat(blobs.removeDue(10)).isEqualTo(1);
        assertThat(storage.list("")).isEmpty();
        assertThat(noted()).isZero();
    }

    @Test
    void lastReferenceTakesTheBlobWithItAndNotTheOneBefore() {
        blobs.put("tests/a", file);
        refer("tests/a");
        refer("tests/a");

        forgetOne("tests/a");
        blobs.removeDue(10);
        assertThat(storage.exists("tests/a")).as("another row has it").isTrue();
        assertThat(noted()).isZero();

        forgetOne("tests/a");
        assertThat(storage.exists("tests/a")).as("it goes after the commit").isTrue();
        assertThat(blobs.waiting()).isEqualTo(1);
        blobs.removeDue(10);
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void releaseThatIsUndoneLeavesTheBlob() {
        blobs.put("tests/a", file);
        refer("tests/a");
        transaction.executeWithoutResult(status -> {
            blobs.release("tests/a");
            status.setRollbackOnly();
        });
        assertThat(blobs.removeDue(10)).isZero();
        assertThat(storage.exists("tests/a")).isTrue();
    }

    @Test
    void keepingWhatIsGoneIsRefused() {
        blobs.put("tests/a", file);
        anHourLater();
        blobs.removeDue(10);

        assertThatThrownBy(() -> refer("tests/a")).isInstanceOf(NoSuchBlob.class);
        blobs.put("tests/a", file);
        refer("tests/a");
        assertThat(storage.exists("tests/a")).isTrue();
    }

    @Test
    void everythingBelowAUnitGoesTogether() {
        for (var key : List.of("tests/1/a", "tests/1/b/c", "tests/10/a")) {
            storage.put(key, file);
        }
        transaction.executeWithoutResult(status -> blobs.release("tests/1/"));
        blobs.removeDue(10);
        assertThat(storage.list("")).containsExactly("tests/10/a");
    }

    @Test
    void findsWhatNothingRefersToOnceItIsAnHourOld() throws IOException {
        blobs.put("tests/used", file);
        refer("tests/used");
        storage.put("tests/old", file);
        storage.put("tests/young", file);
        storage.put("elsewhere/old", file);
        for (var key : List.of("tests/used", "tests/old", "elsewhere/old")) {
            Files.setLastModifiedTime(
                    root.resolve(key), FileTime.from(Instant.now().minusSeconds(3700)));
        }

        assertThat(blobs.unreferenced(false)).isEqualTo(new Blobs.Unreferenced(1, 3));
        assertThat(blobs.removeDue(10)).as("looking changes nothing").isZero();
        blobs.unreferenced(true);
        blobs.removeDue(10);
        assertThat(storage.list("")).containsExactly("elsewhere/old", "tests/used", "tests/young");
    }

    @Test
    void storageThatIsAwayLosesNothing() {
        blobs.put("tests/a", file);
        refer("tests/a");
        forgetOne("tests/a");
        blobs(new Away()).removeDue(10);
        assertThat(noted()).isEqualTo(1);
        assertThat(blobs.waiting()).as("not again at once").isZero();

        anHourLater();
        blobs.removeDue(10);
        assertThat(storage.list("")).isEmpty();
        assertThat(noted()).isZero();
    }

    /** Four threads store, refer to, forget and remove the same few blobs: whenever a row refers to one, it is there. */
    @Test
    void noRowEverRefersToABlobThatIsGone() throws Exception {
        var threads = Executors.newFixedThreadPool(4);
        try {
            var tasks = IntStream.range(0, 4)
                    .<Callable<Integer>>mapToObj(seed -> () -> work(new Random(seed)))
                    .toList();
            for (var broken : threads.invokeAll(tasks)) {
                assertThat(broken.get()).isZero();
            }
        } finally {
            threads.shutdown();
        }
        for (var key : database.sql("select distinct key from reference")
                .query(String.class)
                .list()) {
            assertThat(storage.exists(key)).as(key).isTrue();
        }
        database.sql("delete from reference").update();
        transaction.executeWithoutResult(status -> blobs.release(List.of("tests/0", "tests/1")));
        anHourLater();
        blobs.removeDue(10);
        assertThat(storage.list("")).isEmpty();
    }

    private int work(Random random) {
        int broken = 0;
        for (int round = 0; round < 150; round++) {
            var key = "tests/" + random.nextInt(2);
            switch (random.nextInt(3)) {
                case 0 -> {
                    blobs.put(key, file);
                    try {
                        refer(key);
                    } catch (NoSuchBlob e) {
                        // its only other row went meanwhile: the caller would store it again
                    }
                }
                case 1 -> forgetOne(key);
                default -> blobs.removeDue(1);
            }
            broken += transaction.execute(status -> {
                // held: nobody can remove the row, or the blob, between the two looks
                boolean referred = !database.sql("select id from reference where key = ? limit 1 for share")
                        .param(key)
                        .query(Long.class)
                        .list()
                        .isEmpty();
                return referred && !storage.exists(key) ? 1 : 0;
            });
        }
        return broken;
    }

    /** An object store that does not answer. */
    private static final class Away implements Storage {

        private static UncheckedIOException away() {
            return new UncheckedIOException(new IOException("no answer"));
        }

        @Override
        public Stored put(String key, Path file) {
            throw away();
        }

        @Override
        public Stored put(String key, InputStream bytes, long maxBytes) {
            throw away();
        }

        @Override
        public InputStream open(String key) {
            throw away();
        }

        @Override
        public void copyTo(String key, Path target) {
            throw away();
        }

        @Override
        public boolean exists(String key) {
            throw away();
        }

        @Override
        public void delete(String key) {
            throw away();
        }

        @Override
        public void scan(String prefix, Consumer<Blob> found) {
            throw away();
        }

        @Override
        public void removeUnfinished(Instant before) {
            throw away();
        }

        @Override
        public String check() {
            throw away();
        }
    }
}
