package io.lossforge.dataset;

import jakarta.persistence.LockModeType;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Names that were ever given. */
interface DatasetNames extends Repository<Dataset, String> {

    @Modifying
    @NativeQuery("insert into dataset (name, created_at) values (:name, now()) on conflict do nothing")
    void ensure(String name);

    /** The name's row, held until the transaction ends, so that two ingestions do not take one number. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select d from Dataset d where d.name = :name")
    Dataset lock(String name);

    long count();
}
