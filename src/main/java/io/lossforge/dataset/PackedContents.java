package io.lossforge.dataset;

import io.lossforge.storage.Blobs;
import io.lossforge.storage.Storage;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Packed content in the storage, which versions of several names may share. Its row is there before its first byte and until its last
 * one, and a version refers to the row: so content is never removed under a version, and what a crash leaves behind is known.
 */
@Component
class PackedContents {

    private static final Logger log = LoggerFactory.getLogger(PackedContents.class);
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final Storage storage;
    private final Blobs blobs;

    PackedContents(JdbcClient database, TransactionTemplate transaction, Storage storage, Blobs blobs) {
        this.database = database;
        this.transaction = transaction;
        this.storage = storage;
        this.blobs = blobs;
    }

    static String key(String sha256, String file) {
        return ContentBlobs.of(sha256) + file;
    }

    /** Stores the files; waits for a removal of the same content that is under way. */
    void store(Packed packed) {
        blobs.expect(ContentBlobs.of(packed.sha256()));
        database.sql("""
                        insert into dataset_content (sha256) values (:sha256)
                        on conflict (sha256) do update set touched_at = now()""").param("sha256", packed.sha256()).update();
        for (var file : packed.manifest().files().keySet()) {
            storage.put(key(packed.sha256(), file), packed.directory().resolve(file));
        }
        storage.put(key(packed.sha256(), Manifest.NAME), packed.directory().resolve(Manifest.NAME));
    }

    /**
     * A version refers to the content from now on: in the transaction that stores it.
     *
     * @throws io.lossforge.storage.NoSuchBlob if its files are gone
     */
    void keep(String sha256) {
        blobs.keep(ContentBlobs.of(sha256));
    }

    /**
     * Forgets the content unless a version refers to it; its files leave the storage soon after.
     *
     * @return whether it did
     */
    boolean removeIfUnused(String sha256) {
        try {
            return Boolean.TRUE.equals(transaction.execute(status -> {
                int removed = database.sql("""
                                delete from dataset_content c where c.sha256 = :sha256
                                and not exists (select from dataset_version v where v.sha256 = c.sha256)""").param("sha256", sha256).update();
                if (removed > 0) {
                    blobs.release(ContentBlobs.of(sha256));
                }
                return removed > 0;
            }));
        } catch (DataIntegrityViolationException e) {
            log.debug("{} was ingested again while it was about to be removed; it stays", sha256);
            return false;
        }
    }

    /** What ingestions that never ended left behind a day ago or earlier; at most 100. */
    List<String> abandoned() {
        return database.sql("""
                        select sha256 from dataset_content c where touched_at < now() - make_interval(secs => :seconds)
                        and not exists (select from dataset_version v where v.sha256 = c.sha256) limit 100""")
                .param("seconds", (double) ABANDONED.toSeconds())
                .query((row, number) -> row.getString("sha256"))
                .list();
    }
}
