package io.lossforge.job;

import java.time.Duration;
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
     * @param alive how long it counts as alive without another word
     */
    public void announce(UUID worker, String name, int cpuSlots, int gpuSlots, Duration alive) {
        database.sql("""
                        insert into worker (id, name, cpu_slots, gpu_slots, alive_until)
                        values (:id, :name, :cpuSlots, :gpuSlots, now() + :alive * interval '1 millisecond')
                        on conflict (id) do update set alive_until = excluded.alive_until""")
                .param("id", worker)
                .param("name", name)
                .param("cpuSlots", cpuSlots)
                .param("gpuSlots", gpuSlots)
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

    /** Slots of all workers that are alive. */
    Capacity capacity() {
        return database.sql("""
                        select count(*) as workers, coalesce(sum(cpu_slots), 0) as cpu_slots, coalesce(sum(gpu_slots), 0) as gpu_slots
                        from worker where alive_until > now()""").query(Capacity.class).single();
    }

    /** Slots of all workers that are alive. */
    record Capacity(int workers, int cpuSlots, int gpuSlots) {}
}
