package io.lossforge.dataset;

import io.lossforge.retention.Expiring;
import io.lossforge.retention.Kind;
import io.lossforge.storage.Blob;
import io.lossforge.storage.Storage;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Packed content that an ingestion which never ended left behind a day ago or earlier. */
@Component
class AbandonedContents implements Expiring {

    private final PackedContents contents;
    private final Storage storage;

    AbandonedContents(PackedContents contents, Storage storage) {
        this.contents = contents;
        this.storage = storage;
    }

    @Override
    public Kind kind() {
        return Kind.ABANDONED_DATASETS;
    }

    @Override
    public Amount due(Instant before) {
        var abandoned = contents.abandoned();
        var bytes = new AtomicLong();
        for (var sha256 : abandoned) {
            storage.scan(ContentBlobs.of(sha256), (Blob blob) -> bytes.addAndGet(blob.bytes()));
        }
        return new Amount(abandoned.size(), bytes.get());
    }

    @Override
    public int expire(Instant before) {
        return (int)
                contents.abandoned().stream().filter(contents::removeIfUnused).count();
    }
}
