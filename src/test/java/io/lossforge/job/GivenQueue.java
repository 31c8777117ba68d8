package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A queue of which all is known, for tests of what follows from it. Times are seconds after {@link #NOW}; jobs wait in the order of their turns. */
final class GivenQueue {

    static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");

    /** Ten epochs of it take as many seconds as its pace says for one, times ten. */
    static final UUID KIND = new UUID(0, 1);

    static final UUID OTHER_KIND = new UUID(0, 2);

    private static final int EPOCHS = 10;

    private final List<DeviceSlot> slots = new ArrayList<>();
    private final List<WaitingJob> waiting = new ArrayList<>();

    QueueSnapshot snapshot() {
        return new QueueSnapshot(
                NOW,
                slots,
                waiting.stream()
                        .sorted(java.util.Comparator.comparingDouble(WaitingJob::turn))
                        .toList());
    }

    static Instant at(double seconds) {
        return NOW.plusMillis(Math.round(1000 * seconds));
    }

    GivenQueue freeSlot(Device device, String... labels) {
        slots.add(new DeviceSlot(device, Set.of(labels), null));
        return this;
    }

    GivenQueue freeSlot() {
        return freeSlot(Device.CPU);
    }

    /** A slot with a job that runs there. */
    UUID running(Change<Held> change) {
        var held = new Held();
        change.to(held);
        slots.add(new DeviceSlot(
                held.device,
                held.labels,
                new DeviceSlot.Running(
                        held.id,
                        held.owner,
                        held.priority,
                        held.preemptible,
                        held.turn,
                        held.requested,
                        at(held.since),
                        held.end == null ? null : at(held.end),
                        held.kind,
                        EPOCHS,
                        held.progress)));
        return held.id;
    }

    /** A job that waits, behind those that wait already unless its turn says otherwise. */
    UUID waiting(Change<Waits> change) {
        var job = new Waits(waiting.size());
        change.to(job);
        waiting.add(new WaitingJob(
                job.id,
                job.owner,
                job.priority,
                job.turn,
                job.device,
                job.labels,
                at(job.notBefore),
                job.kind,
                EPOCHS,
                job.progress));
        return job.id;
    }

    UUID waiting() {
        return waiting(job -> {});
    }

    /** Sets what is not as usual. */
    interface Change<T> {
        void to(T job);
    }

    /** A job about to run. */
    static final class Held {
        final UUID id = UUID.randomUUID();
        String owner = "";
        int priority;
        boolean preemptible = true;
        double turn = -1000;
        double since = -60;
        double progress;
        Device device = Device.CPU;
        Set<String> labels = Set.of();

        @Nullable UUID kind = KIND;

        @Nullable Double end;

        @Nullable EndReason requested;
    }

    /** A job about to wait. */
    static final class Waits {
        final UUID id = UUID.randomUUID();
        String owner = "";
        int priority;
        double turn;
        double notBefore = -1;
        double progress;
        Device device = Device.ANY;
        Set<String> labels = Set.of();

        @Nullable UUID kind = KIND;

        Waits(double turn) {
            this.turn = turn;
        }
    }
}
