package io.lossforge.job;

import io.lossforge.training.Resources.Device;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
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

    /** The workers that are alive as people see them, the one that came first at the start. */
    List<Present> present() {
        return database.sql("""
                        select worker.name, cpu_slots, gpu_slots, worker.labels, worker.started_at,
                            array(select job.id from training_job job
                                  where job.claimed_by = worker.id and job.state in ('STARTING', 'RUNNING') order by job.id) as jobs
                        from worker where alive_until > now() order by worker.started_at, worker.id""")
                .query((row, number) -> new Present(
                        row.getString("name"),
                        row.getInt("cpu_slots"),
                        row.getInt("gpu_slots"),
                        List.of((String[]) row.getArray("labels").getArray()),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        List.of((UUID[]) row.getArray("jobs").getArray())))
                .list();
    }

    /**
     * A worker that is alive, as people see it.
     *
     * @param name host and process
     * @param labels what it offers beside its devices
     * @param jobs that it runs
     */
    @Schema(name = "Worker")
    record Present(
            String name,

            @Schema(description = "Jobs that it can run at a time on its CPU")
            int cpuSlots,

            @Schema(description = "Jobs that it can run at a time, one on each GPU")
            int gpuSlots,

            @Schema(description = "What it offers beside its devices")
            List<String> labels,

            Instant startedAt,
            @Schema(description = "The jobs that it runs") List<UUID> jobs) {}

    /** A worker that is alive. */
    record Alive(UUID id, int cpuSlots, int gpuSlots, Set<String> labels) {

        /** Whether it has a slot that a job may run on, busy or not. */
        boolean canServe(Device device, Collection<String> asked) {
            return (device == Device.GPU ? gpuSlots : cpuSlots + gpuSlots) > 0 && labels.containsAll(asked);
        }
    }
}
