package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place on a living worker where one job at a time runs.
 *
 * @param labels of the worker
 * @param running null if it is free
 */
record DeviceSlot(
        Device device, Set<String> labels, @Nullable Running running) {

    /**
     * A job that holds a slot.
     *
     * @param owner empty where nobody signed in
     * @param turn seconds since 1970, as the queue orders by it
     * @param requested how it was asked to end; null if it was not
     * @param since start of the attempt
     * @param estimatedEnd null until its trainer has said one
     * @param progress 0–1
     */
    record Running(
            UUID job,
            String owner,
            int priority,
            boolean preemptible,
            double turn,
            @Nullable EndReason requested,
            Instant since,
            @Nullable Instant estimatedEnd,
            @Nullable UUID kind,
            int epochs,
            double progress) {}

    /** Whether the slot's device and labels are what a job asks for, be it free or not. */
    boolean serves(Device asked, Collection<String> labelsAsked) {
        return (asked != Device.GPU || device == Device.GPU) && labels.containsAll(labelsAsked);
    }
}
