package io.lossforge.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one job on disk: the last two, each under a name that tells its step and the hash of its bytes, so that a damaged one is
 * found out. Also says when the next one is due. Used by one thread.
 */
final class Checkpoints {

    /** Where nothing else is asked for. */
    static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{12})-([0-9a-f]{64})\\.safetensors");
    private static final int KEPT = 2;

    /** So that checkpoints take 2 % of the time at most, however large they are. */
    private static final long TIMES_THE_COST = 50;

    private final Path directory;
    private final long interval;
    private long lastBegun = System.nanoTime();
    private long lastCost;

    /** @param interval least time between two; null for 30 s */
    Checkpoints(Path directory, @Nullable Duration interval) {
        this.directory = directory;
        this.interval = (interval == null ? INTERVAL : interval).toNanos();
    }

    /** @param step steps taken until it */
    private record OnDisk(Path path, long step, String sha256) {}

    /**
     * What {@link #newest} found.
     *
     * @param checkpoint null if none can be gone on from
     * @param warnings why newer ones were passed over, for people
     */
    record Found(@Nullable Checkpoint checkpoint, List<String> warnings) {}

    /** Name of the file of a checkpoint after so many steps. */
    static String name(long step, String sha256) {
        return "checkpoint-%012d-%s.safetensors".formatted(step, sha256);
    }

    /** Whether enough time has passed since the last one. */
    boolean due() {
        return System.nanoTime() - lastBegun >= Math.max(interval, TIMES_THE_COST * lastCost);
    }

    /**
     * Writes one, and removes those before the one before it.
     *
     * @param step steps taken
     */
    SafeTensors.Written write(Checkpoint checkpoint, long step) throws IOException {
        lastBegun = System.nanoTime();
        try {
            var written = checkpoint.write(directory, sha256 -> name(step, sha256));
            var kept = directory.resolve(name(step, written.sha256()));
            onDisk().stream()
                    .filter(former -> !former.path().equals(kept))
                    .skip(KEPT - 1)
                    .forEach(former -> former.path().toFile().delete());
            return written;
        } finally {
            lastCost = System.nanoTime() - lastBegun;
        }
    }

    /**
     * The newest checkpoint that is whole and that can be gone on from.
     *
     * @param manager owner of its arrays
     * @param obstacle says why a checkpoint can't be gone on from; null if it can
     */
    Found newest(NDManager manager, Function<Checkpoint.Position, @Nullable String> obstacle) throws IOException {
        var warnings = new ArrayList<String>();
        for (var file : onDisk()) {
            try {
                if (!Digests.sha256(file.path()).equals(file.sha256())) {
                    throw new IOException("its bytes have changed");
                }
                var checkpoint = Checkpoint.read(file.path(), manager);
                var reason = obstacle.apply(checkpoint.position());
                if (reason == null) {
                    return new Found(checkpoint, warnings);
                }
                warnings.add("the checkpoint after step %d is %s".formatted(file.step(), reason));
            } catch (IOException e) {
                warnings.add("the checkpoint after step %d can't be read (%s)".formatted(file.step(), e.getMessage()));
            }
        }
        return new Found(null, warnings);
    }

    /** Newest first. */
    private List<OnDisk> onDisk() throws IOException {
        var found = new ArrayList<OnDisk>();
        try (var files = Files.list(directory)) {
            for (var path : files.toList()) {
                var name = NAME.matcher(path.getFileName().toString());
                if (name.matches()) {
                    found.add(new OnDisk(path, Long.parseLong(name.group(1)), name.group(2)));
                }
            }
        }
        found.sort(Comparator.comparingLong(OnDisk::step).reversed());
        return found;
    }
}
