package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A queued job.
 *
 * @param owner empty where nobody signed in
 * @param turn seconds since 1970, as the queue orders by it
 * @param notBefore end of the wait after a failed attempt
 * @param progress 0–1, what was done before it was queued again
 */
record WaitingJob(
        UUID id,
        String owner,
        int priority,
        double turn,
        Device device,
        Set<String> labels,
        Instant notBefore,
        @Nullable UUID kind,
        int epochs,
        double progress) {

    boolean canRunOn(DeviceSlot slot) {
        return slot.serves(device, labels);
    }
}
