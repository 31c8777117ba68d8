package io.lossforge.job;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Cancels many jobs at once, a few hundred in each transaction, so that no lock is held for long. */
@Component
@ConditionalOnRole(Role.SERVER)
class BulkCancellations {

    private static final int IN_ONE_TRANSACTION = 200;
    private static final int IN_ONE_CALL = 10_000;

    private static final Specification<TrainingJob> CAN_BE_CANCELLED = (job, query, where) -> where.and(
            job.get("state")
                    .in(Arrays.stream(JobState.values())
                            .filter(state -> !state.isFinished())
                            .toList()),
            where.or(where.isNull(job.get("requested")), where.notEqual(job.get("requested"), EndReason.CANCELLED)));

    private final Jobs jobs;
    private final DatabaseClock clock;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    BulkCancellations(
            Jobs jobs, DatabaseClock clock, TransactionTemplate transaction, ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.clock = clock;
        this.transaction = transaction;
        this.events = events;
    }

    /**
     * Cancels what a filter finds, oldest first. A job that ends by itself meanwhile is left as it is and not counted.
     *
     * @param dryRun to change nothing
     */
    BulkCancellation cancel(JobFilter filter, boolean dryRun) {
        var cancelled = new ArrayList<UUID>();
        UUID last = null;
        while (cancelled.size() < IN_ONE_CALL) {
            var found = next(filter, last, IN_ONE_TRANSACTION);
            if (found.isEmpty()) {
                return new BulkCancellation(dryRun, cancelled.size(), cancelled, false);
            }
            cancelled.addAll(dryRun ? found : cancel(found));
            last = found.get(found.size() - 1);
        }
        return new BulkCancellation(
                dryRun, cancelled.size(), cancelled, !next(filter, last, 1).isEmpty());
    }

    private List<UUID> next(JobFilter filter, @Nullable UUID after, int count) {
        return jobs
                .findBy(
                        filter.after(after).and(CAN_BE_CANCELLED),
                        query -> query.sortBy(Sort.by("id")).limit(count).all())
                .stream()
                .map(TrainingJob::id)
                .toList();
    }

    private List<UUID> cancel(List<UUID> ids) {
        return java.util.Objects.requireNonNull(transaction.execute(status -> {
            var now = clock.instant();
            var cancelled = new ArrayList<UUID>();
            for (var job : jobs.findAndLockByIdIn(ids)) {
                if (!job.state.isFinished() && job.requested != EndReason.CANCELLED) {
                    job.cancel(now);
                    events.publishEvent(new JobChanged(job.id()));
                    cancelled.add(job.id());
                }
            }
            return cancelled;
        }));
    }
}
