package io.lossforge.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counts what the system killed for want of memory: in this container, or on this machine where there is none. */
final class MemoryKills {

    private static final List<Path> COUNTERS =
            List.of(Path.of("/sys/fs/cgroup/memory.events"), Path.of("/proc/vmstat"));

    private MemoryKills() {}

    /** So far; 0 where the system does not say. */
    static long count() {
        for (var counters : COUNTERS) {
            try (var lines = Files.lines(counters)) {
                var count = lines.filter(line -> line.startsWith("oom_kill ")).findFirst();
                if (count.isPresent()) {
                    return Long.parseLong(
                            count.get().substring("oom_kill ".length()).strip());
                }
            } catch (IOException | NumberFormatException e) {
                // The next one may be there.
            }
        }
        return 0;
    }
}
