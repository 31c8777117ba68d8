package io.lossforge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;

@ServiceTest
class ScheduledTasksIT {

    @Autowired
    ScheduledTaskHolder tasks;

    @Autowired
    ThreadPoolTaskScheduler scheduler;

    /** Deleting blobs of a storage that does not answer, say, must not keep the reaper from its work. */
    @Test
    void noTaskWaitsForAnotherThatHangs() {
        assertThat(tasks.getScheduledTasks()).isNotEmpty();
        assertThat(scheduler.getScheduledThreadPoolExecutor().getCorePoolSize())
                .as("spring.task.scheduling.pool.size, for %s", tasks.getScheduledTasks())
                .isGreaterThanOrEqualTo(tasks.getScheduledTasks().size());
    }
}
