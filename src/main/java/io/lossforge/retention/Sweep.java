package io.lossforge.retention;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.Storage;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes what is older than it is to be kept, and what no one can use. Each step is a short transaction of its own, so a sweep that is cut off
 * goes on where it was.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Sweep {

    private static final Logger log = LoggerFactory.getLogger(Sweep.class);
    private static final int BLOBS_AT_ONCE = 20;
    private static final Duration UNFINISHED = Duration.ofDays(1);

    private final RetentionSettings settings;
    private final List<Expiring> kinds;
    private final Blobs blobs;
    private final Storage storage;
    private final JdbcClient database;

    Sweep(RetentionSettings settings, List<Expiring> kinds, Blobs blobs, Storage storage, JdbcClient database) {
        this.settings = settings;
        this.kinds = kinds;
        this.blobs = blobs;
        this.storage = storage;
        this.database = database;
    }

    /** Everything: what expired, blobs that nothing refers to, what writers left half written, and then {@link #leaving}. */
    void all(BooleanSupplier goesOn) {
        for (var kind : kinds) {
            settings.kept(kind.kind()).ifPresent(age -> expire(kind, age, goesOn));
        }
        if (goesOn.getAsBoolean()) {
            blobs.unreferenced(true);
            storage.removeUnfinished(Instant.now().minus(UNFINISHED));
        }
        leaving(goesOn);
    }

    /** What is on its way out already: released blobs, and what is kept for no time. */
    void leaving(BooleanSupplier goesOn) {
        for (var kind : kinds) {
            settings.kept(kind.kind()).filter(Duration::isZero).ifPresent(age -> expire(kind, age, goesOn));
        }
        while (goesOn.getAsBoolean() && blobs.removeDue(BLOBS_AT_ONCE) > 0) {
            // the next few
        }
    }

    private void expire(Expiring kind, Duration age, BooleanSupplier goesOn) {
        var before = now().minus(age);
        long total = 0;
        for (int some = -1; some != 0 && goesOn.getAsBoolean(); total += some) {
            some = kind.expire(before);
        }
        if (total > 0 && !age.isZero()) {
            log.info("{} older than {} removed: {}", kind.kind().json(), age, total);
        }
    }

    /** By the clock by which everything was stored. */
    Instant now() {
        return database.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }
}
