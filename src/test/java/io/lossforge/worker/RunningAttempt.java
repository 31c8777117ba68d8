package io.lossforge.worker;

import java.util.List;
import java.util.UUID;

/**
 * An attempt whose worker holds the job.
 *
 * @param worker its name
 * @param trains whether its trainer has begun
 * @param progress 0–1
 * @param kept progress at the newest checkpoint that it wrote itself and that is stored; 0 without
 */
record RunningAttempt(UUID job, int number, String worker, boolean trains, double progress, double kept) {

    /** Which it is. */
    record Id(UUID job, int number) {}

    Id id() {
        return new Id(job, number);
    }

    boolean hasCheckpoint() {
        return kept > 0;
    }

    /** All that there are. */
    static List<RunningAttempt> of(Deployment deployment) {
        return deployment.database().sql("""
                        select id as job, attempt as number, worker, state = 'RUNNING' as trains, progress, coalesce((
                            select max(written.progress) from job_checkpoint written
                            where written.job_id = id and written.attempt = training_job.attempt), 0) as kept
                        from training_job join job_attempt on job_id = id and number = attempt
                        where state in ('STARTING', 'RUNNING') order by id""").query(RunningAttempt.class).list();
    }
}
