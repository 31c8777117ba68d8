package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What queued jobs wait for. */
@Component
class QueueOutlook {

    private final Workers workers;
    private final JdbcClient database;

    QueueOutlook(Workers workers, JdbcClient database) {
        this.workers = workers;
        this.database = database;
    }

    /** Why a job waits. */
    record Wait(String reason, String message) {}

    /**
     * What keeps jobs from being started, other than that all slots are busy.
     *
     * @return by device asked for; a device that is missing can be had
     */
    Map<Device, Wait> obstacles() {
        var capacity = workers.capacity();
        var obstacles = new HashMap<Device, Wait>();
        if (capacity.workers() == 0) {
            var none = new Wait("waiting-for-worker", "no worker is running; the job starts when one does");
            for (var device : Device.values()) {
                obstacles.put(device, none);
            }
        }
        if (capacity.gpuSlots() == 0) {
            obstacles.put(
                    Device.GPU,
                    new Wait(
                            "waiting-for-gpu",
                            "the job asks for a GPU and no running worker has one; it starts when one does"));
        }
        return obstacles;
    }

    /** Places in the queue, from 1; a job that is not queued has none. */
    Map<UUID, Long> positions(Collection<UUID> jobs) {
        var positions = new HashMap<UUID, Long>();
        if (!jobs.isEmpty()) {
            database.sql("""
                            select id, position from (
                                select id, row_number() over (order by priority desc, queued_at, id) as position
                                from training_job where state = 'QUEUED') queue
                            where id = any (cast(:jobs as uuid[]))""")
                    .param("jobs", jobs.stream().map(UUID::toString).toArray(String[]::new))
                    .query(row -> {
                        positions.put(row.getObject("id", UUID.class), row.getLong("position"));
                    });
        }
        return positions;
    }

    /** The obstacle for a job, if it is queued and there is one. */
    static @Nullable Wait obstacle(Map<Device, Wait> obstacles, JobState state, String device) {
        return state == JobState.QUEUED ? obstacles.get(Device.valueOf(device)) : null;
    }
}
