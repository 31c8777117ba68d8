package io.lossforge.dataset;

import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Local copies of datasets that another process deleted: on a worker nobody else drops them. */
@Component
class DeletedCopies {

    private static final Logger log = LoggerFactory.getLogger(DeletedCopies.class);

    private final Datasets datasets;

    DeletedCopies(Datasets datasets) {
        this.datasets = datasets;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 10, timeUnit = TimeUnit.MINUTES)
    void drop() {
        try {
            datasets.forgetDeleted();
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            log.debug("Local copies of deleted datasets are dropped later: {}", e.getMessage());
        }
    }
}
