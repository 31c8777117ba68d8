package io.lossforge.job;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored jobs. */
interface Jobs extends Repository<TrainingJob, UUID>, JpaSpecificationExecutor<TrainingJob> {

    TrainingJob save(TrainingJob job);

    Optional<TrainingJob> findById(UUID id);

    /** Those of the jobs that are there, in no order. */
    List<TrainingJob> findByIdIn(List<UUID> ids);

    /** The job, with its row locked until the transaction ends: nobody else moves it meanwhile. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select job from TrainingJob job where job.id = :id")
    Optional<TrainingJob> findAndLockById(UUID id);

    /** The experiment's jobs, all locked, in the order of their ids. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select job from TrainingJob job where job.experimentId = :experiment order by job.id")
    List<TrainingJob> findAndLockByExperiment(UUID experiment);

    /** Those of the jobs that are there, all locked, in the order of their ids. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select job from TrainingJob job where job.id in :ids order by job.id")
    List<TrainingJob> findAndLockByIdIn(List<UUID> ids);

    void delete(TrainingJob job);

    /** Writes what was changed, so that statements of this transaction see it. */
    void flush();
}
