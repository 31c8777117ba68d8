package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lossforge.worker.TrainerProcess.Output;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OutputQueueTests {

    private static final int MEBI = 1 << 20;

    private final OutputQueue queue = new OutputQueue();
    private final AtomicInteger taken = new AtomicInteger();

    /** Puts lines of the given sizes, one after the other, in a thread of its own. */
    private Thread putting(int... sizes) {
        var thread = new Thread(() -> {
            try {
                for (int size : sizes) {
                    queue.put(new Output.Printed("of " + size), size);
                    taken.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    private void awaitBlocked(Thread thread) {
        await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    @Test
    void whoBringsTooManyBytesWaitsUntilSomeAreTaken() throws InterruptedException {
        var trainer = putting(3 * MEBI, MEBI, 1, 2);
        awaitBlocked(trainer);
        assertThat(taken).as("4 MiB are in").hasValue(2);

        assertThat(queue.poll(Duration.ZERO)).isEqualTo(new Output.Printed("of " + 3 * MEBI));
        trainer.join();
        assertThat(taken).hasValue(4);
        assertThat(List.of(queue.poll(Duration.ZERO), queue.poll(Duration.ZERO), queue.poll(Duration.ZERO)))
                .containsExactly(
                        new Output.Printed("of " + MEBI), new Output.Printed("of 1"), new Output.Printed("of 2"));
        assertThat(queue.poll(Duration.ZERO)).isNull();
    }

    @Test
    void whoBringsTooManyWaits() throws InterruptedException {
        var trainer = putting(IntStream.range(0, OutputQueue.MOST + 1).toArray());
        awaitBlocked(trainer);
        assertThat(taken).hasValue(OutputQueue.MOST);
        for (int i = 0; i <= OutputQueue.MOST; i++) {
            assertThat(queue.poll(Duration.ofSeconds(10))).isEqualTo(new Output.Printed("of " + i));
        }
    }

    @Test
    void whatIsLargerThanAllTheRoomGoesInAlone() throws InterruptedException {
        var trainer = putting(1, 100 * MEBI, 1);
        awaitBlocked(trainer);
        assertThat(taken).hasValue(1);
        queue.poll(Duration.ZERO);
        await().until(() -> taken.get() == 2);
        awaitBlocked(trainer);
        queue.poll(Duration.ZERO);
        trainer.join();
        assertThat(taken).hasValue(3);
    }

    @Test
    void nobodyWaitsForAQueueThatIsClosed() throws InterruptedException {
        var trainer = putting(4 * MEBI, 1);
        awaitBlocked(trainer);
        queue.close();
        trainer.join();
        assertThat(queue.poll(Duration.ZERO)).isNull();
    }
}
