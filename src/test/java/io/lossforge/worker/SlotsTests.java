package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.Resources.Device;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SlotsTests {

    @Test
    void oneSlotWithAllCoresWhereThereIsNoGpu() {
        assertThat(Slots.of(settings(null, null), List.of(), 8)).containsExactly(new Slot(0, Device.CPU, "", 8));
    }

    @Test
    void oneSlotPerGpuWithItsShareOfTheCores() {
        assertThat(Slots.of(settings(null, null), List.of("0", "1"), 8))
                .containsExactly(new Slot(0, Device.GPU, "0", 4), new Slot(1, Device.GPU, "1", 4));
    }

    @Test
    void slotsBeyondTheGpusTrainOnTheCpu() {
        assertThat(Slots.of(settings(2, 3), List.of("GPU-8f6e"), 8))
                .containsExactly(new Slot(0, Device.GPU, "GPU-8f6e", 3), new Slot(1, Device.CPU, "", 3));
        assertThat(Slots.of(settings(4, null), List.of(), 2)).hasSize(4).allMatch(slot -> slot.threads() == 1);
    }

    @Test
    void usesTheGpusThatItsOwnProcessMay() {
        assertThat(Slots.gpus("2,GPU-8f6e")).containsExactly("2", "GPU-8f6e");
        assertThat(Slots.gpus("")).isEmpty();
        assertThat(Slots.gpus("-1")).isEmpty();
        assertThat(Slots.gpus("1,-1,2")).containsExactly("1");
    }

    private static WorkerSettings settings(@Nullable Integer slots, @Nullable Integer threads) {
        return new WorkerSettings(
                slots,
                List.of(),
                Duration.ofSeconds(30),
                true,
                threads,
                Duration.ofMillis(250),
                Duration.ofMillis(250),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                DataSize.ofMegabytes(64),
                List.of());
    }
}
