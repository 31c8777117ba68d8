package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The workers that are alive, and what they offer. */
@Component
public class Workers {

    private final JdbcClient database;

    Workers(JdbcClient database) {
        this.database = database;
    }

    /**
     * Says that a worker is there.
     *
     * @param name for people, such as {@code host/4711}
     * @param labels what it offers beside its devices
     * @param alive how long it counts as alive without another word
     */
    public void announce(
            UUID worker, String name, int cpuSlots, int gpuSlots, Collection<String> labels, Duration alive) {
        database.sql("""
                        insert into worker (id, name, cpu_slots, gpu_slots, labels, alive_until)
                        values (:id, :name, :cpuSlots, :gpuSlots, :labels, now() + :alive * interval '1 millisecond')
                        on conflict (id) do update set alive_until = excluded.alive_until, labels = excluded.labels""")
                .param("id", worker)
                .param("name", name)
                .param("cpuSlots", cpuSlots)
                .param("gpuSlots", gpuSlots)
                .param("labels", labels.toArray(String[]::new))
                .param("alive", alive.toMillis())
                .update();
    }

    /** Says that a worker takes no more jobs. */
    public void leave(UUID worker) {
        database.sql("delete from worker where id = :id").param("id", worker).update();
    }

    /** Forgets workers that have not been heard of for a day. */
    void forgetTheDead() {
        database.sql("delete from worker where alive_until < now() - interval '1 day'")
                .update();
    }

    /** The workers that are alive, the one that came first at the start. */
    List<Alive> alive() {
        return database.sql("""
                        select id, cpu_slots, gpu_slots, labels from worker where alive_until > now() order by started_at, id""")
                .query((row, number) -> new Alive(
                        row.getObject("id", UUID.class),
                        row.getInt("cpu_slots"),
                        row.getInt("gpu_slots"),
                        Set.of((String[]) row.getArray("labels").getArray())))
                .list();
    }

    /** A worker that is alive. */
    record Alive(UUID id, int cpuSlots, int gpuSlots, Set<String> labels) {

        /** Whether it has a slot that a job may run on, busy or not. */
        boolean canServe(Device device, Collection<String> asked) {
            return (device == Device.GPU ? gpuSlots : cpuSlots + gpuSlots) > 0 && labels.containsAll(asked);
        }
    }
}
