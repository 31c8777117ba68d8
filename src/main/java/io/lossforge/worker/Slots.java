package io.lossforge.worker;

import io.lossforge.training.Resources.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds the devices of this machine, without loading the training engine. */
final class Slots {

    private static final long ANSWER_WITHIN_SECONDS = 20;

    private Slots() {}

    /**
     * One slot per device.
     *
     * @param gpus what {@code CUDA_VISIBLE_DEVICES} calls each GPU
     * @param cores of this machine
     */
    static List<Slot> of(WorkerSettings settings, List<String> gpus, int cores) {
        int count = settings.slots() != null ? settings.slots() : Math.max(1, gpus.size());
        int threads = settings.threads() != null ? settings.threads() : Math.max(1, cores / count);
        return IntStream.range(0, count)
                .mapToObj(number -> number < gpus.size()
                        ? new Slot(number, Device.GPU, gpus.get(number), threads)
                        : new Slot(number, Device.CPU, "", threads))
                .toList();
    }

    /**
     * The GPUs that this process may use: those of its own {@code CUDA_VISIBLE_DEVICES} if that is set, else all that
     * {@code nvidia-smi} lists.
     */
    static List<String> gpus(@Nullable String visibleDevices) {
        if (visibleDevices != null) {
            var named = new ArrayList<String>();
            for (var name :
                    Arrays.stream(visibleDevices.split(",")).map(String::strip).toList()) {
                if (name.isEmpty() || name.equals("-1") || name.equalsIgnoreCase("NoDevFiles")) {
                    break; // CUDA too takes those before the first invalid one only
                }
                named.add(name);
            }
            return named;
        }
        return IntStream.range(0, listed()).mapToObj(Integer::toString).toList();
    }

    private static int listed() {
        try {
            var process = new ProcessBuilder("nvidia-smi", "-L")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return 0;
            }
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return (int) lines.lines().filter(line -> line.startsWith("GPU ")).count();
        } catch (IOException e) {
            return 0; // no such program: no GPU
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
