package io.lossforge.experiment;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stored experiments. Ids grow with time, so that they order by age. */
interface Experiments extends Repository<Experiment, UUID> {

    Experiment save(Experiment experiment);

    Optional<Experiment> findById(UUID id);

    /** The experiment, with its row locked until the transaction ends. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select experiment from Experiment experiment where experiment.id = :id")
    Optional<Experiment> findAndLockById(UUID id);

    /** Newest first. */
    List<Experiment> findAllByOrderByIdDesc(Limit limit);

    /** Newest first, older than one. */
    List<Experiment> findByIdLessThanOrderByIdDesc(UUID id, Limit limit);

    void delete(Experiment experiment);

    /** Writes what was changed, so that statements of this transaction see it. */
    void flush();
}
