package io.lossforge.job;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What runs and what waits at one moment.
 *
 * @param slots of the workers that are alive
 * @param waiting the first jobs of the queue, in its order
 */
record QueueSnapshot(Instant at, List<DeviceSlot> slots, List<WaitingJob> waiting) {

    /** Running jobs by owner. */
    Map<String, Integer> runningByOwner() {
        var running = new HashMap<String, Integer>();
        for (var slot : slots) {
            if (slot.running() != null) {
                running.merge(slot.running().owner(), 1, Integer::sum);
            }
        }
        return running;
    }
}
