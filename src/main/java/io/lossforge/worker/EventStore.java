package io.lossforge.worker;

import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.JobLog;
import io.lossforge.job.JobStored;
import io.lossforge.metric.MetricPoints;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.TrainerEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores what trainers say: each batch in one transaction, under numbers of the job's sequence, only while the claim is good. */
@Component
@ConditionalOnRole(Role.WORKER)
class EventStore {

    private final ClaimedJobs jobs;
    private final MetricPoints metrics;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    EventStore(
            ClaimedJobs jobs, MetricPoints metrics, TransactionTemplate transaction, ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.metrics = metrics;
        this.transaction = transaction;
        this.events = events;
    }

    /**
     * The trainer has data and network in place. Points of former attempts stay if this one goes on from a checkpoint of
     * theirs, or repeats them bit by bit.
     *
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good
     */
    void started(Claim claim, TrainerEvent.Started started) {
        transaction.executeWithoutResult(status -> {
            if (!jobs.started(claim, started)) {
                metrics.deleteAll(claim.job());
            }
        });
        events.publishEvent(new JobStored(claim.job()));
    }

    /**
     * Samples and network of a batch prediction are in place.
     *
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good
     */
    void predicting(Claim claim, TrainerEvent.Predicting begun) {
        jobs.predicting(claim, begun);
        events.publishEvent(new JobStored(claim.job()));
    }

    /**
     * Stores a batch. Points that an attempt which this one repeats has stored already are passed over.
     *
     * @throws io.lossforge.job.LeaseLost if the claim is no longer good
     */
    void store(Claim claim, EventBatch batch) {
        transaction.executeWithoutResult(status -> storeInTransaction(claim, batch));
        events.publishEvent(new JobStored(claim.job()));
    }

    private void storeInTransaction(Claim claim, EventBatch batch) {
        if (batch.lastSequence() > 0 && jobs.lastSequence(claim) >= batch.lastSequence()) {
            return; // stored by the try before, whose answer was lost on the way
        }
        long known = jobs.pointsStored(claim);
        var wanted = new ArrayList<EventBatch.Entry>();
        long ordinal = batch.firstPoint();
        for (var entry : batch.entries()) {
            if (!(entry instanceof EventBatch.Entry.Point) || ordinal++ >= known) {
                wanted.add(entry);
            }
        }
        var points = new ArrayList<MetricPoints.NewPoint>();
        var chunks = new ArrayList<JobLog.Chunk>();
        Map<String, Map<String, Double>> latest = new HashMap<>();
        long sequence = wanted.isEmpty() ? 0 : jobs.reserve(claim, wanted.size());
        batch.numbered(sequence + wanted.size() - 1);
        long now = System.nanoTime();
        for (var entry : wanted) {
            if (entry instanceof EventBatch.Entry.Point measured) {
                var point = measured.point();
                points.add(new MetricPoints.NewPoint(sequence, point, (now - measured.nanos()) / 1_000_000));
                latest.computeIfAbsent(point.split(), split -> new TreeMap<>()).put(point.name(), point.value());
            } else if (entry instanceof EventBatch.Entry.Lines lines) {
                chunks.add(new JobLog.Chunk(sequence, claim.attempt(), lines.text()));
            }
            sequence++;
        }
        if (!points.isEmpty()) {
            metrics.insert(claim.job(), points);
            jobs.measured(claim, batch.pointsAfter(), latest);
        }
        if (!chunks.isEmpty()) {
            jobs.logged(claim, chunks);
        }
        var progress = batch.progress();
        if (progress != null) {
            jobs.progressed(claim, progress);
        }
    }
}
