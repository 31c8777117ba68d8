package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What keeps jobs from being started, other than that all slots are busy.
 *
 * @param workers that are alive
 * @param mostPerOwner jobs of one owner that may run at a time
 * @param running jobs by owner; need not be known where there is no limit
 */
record Obstacles(List<Workers.Alive> workers, int mostPerOwner, Map<String, Integer> running) {

    /** None. */
    static final Obstacles NONE = new Obstacles(List.of(), Integer.MAX_VALUE, Map.of());

    /** Why a job waits. */
    record Wait(String reason, String message) {}

    /**
     * The obstacle for a job, if it is queued and there is one.
     *
     * @param owner null where nobody signed in
     */
    @Nullable Wait of(JobState state, @Nullable String owner, String device, List<String> labels) {
        if (state != JobState.QUEUED) {
            return null;
        }
        if (workers.isEmpty()) {
            return new Wait("waiting-for-worker", "no worker is running; the job starts when one does");
        }
        var asked = Device.valueOf(device);
        if (workers.stream().noneMatch(worker -> worker.canServe(asked, List.of()))) {
            return new Wait(
                    "waiting-for-gpu", "the job asks for a GPU and no running worker has one; it starts when one does");
        }
        if (workers.stream().noneMatch(worker -> worker.canServe(asked, labels))) {
            return new Wait("waiting-for-labels", missing(labels));
        }
        int count = running.getOrDefault(owner == null ? "" : owner, 0);
        if (count >= mostPerOwner) {
            return new Wait(
                    "waiting-for-own-jobs",
                    "%d jobs of its owner run, the most that may at a time; it starts when one of them has ended"
                            .formatted(count));
        }
        return null;
    }

    private String missing(List<String> labels) {
        var offered = new TreeSet<String>();
        workers.forEach(worker -> offered.addAll(worker.labels()));
        var unknown = labels.stream().filter(label -> !offered.contains(label)).toList();
        return "the job asks for the labels %s; %s; workers offer: %s"
                .formatted(
                        String.join(", ", labels),
                        unknown.isEmpty()
                                ? "no running worker with such a device has them all"
                                : "no running worker has " + String.join(", ", unknown),
                        offered.isEmpty() ? "none" : String.join(", ", offered));
    }
}
