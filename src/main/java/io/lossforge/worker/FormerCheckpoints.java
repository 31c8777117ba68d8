package io.lossforge.worker;

import io.lossforge.job.JobCheckpoints;
import io.lossforge.job.StoredCheckpoint;
import io.lossforge.storage.Storage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What former attempts left for this one.
 *
 * @param threads of the engine that this attempt must have to go on from there; null if nothing is there
 * @param notes for the job's log: what could not be used
 */
record FormerCheckpoints(@Nullable Integer threads, List<String> notes) {

    /**
     * Copies the last checkpoints of the job into the directory where the trainer looks for them. One that is gone or damaged is left out; one of
     * another kind of device too, since going on there would give other bits.
     *
     * @throws UncheckedIOException if the storage is away
     */
    static FormerCheckpoints fetch(JobRun run, JobCheckpoints checkpoints, Storage storage, Path output) {
        Integer threads = null;
        var notes = new ArrayList<String>();
        for (var checkpoint : checkpoints.newest(run.claim().job())) {
            if (!checkpoint.device().equals(run.slot().deviceName())) {
                notes.add("the checkpoint after step %d was written on %s; this is %s, which gives other bits"
                        .formatted(
                                checkpoint.step(),
                                checkpoint.device(),
                                run.slot().deviceName()));
            } else if (threads != null && threads != checkpoint.threads()) {
                break; // of a former beginning
            } else if (fetch(checkpoint, storage, output)) {
                threads = checkpoint.threads();
            } else {
                notes.add("WARNING: the checkpoint after step %d is damaged or gone".formatted(checkpoint.step()));
            }
        }
        if (threads == null && !notes.isEmpty()) {
            notes.add("WARNING: no checkpoint can be used; training starts from the beginning");
        }
        return new FormerCheckpoints(threads, notes);
    }

    private static boolean fetch(StoredCheckpoint checkpoint, Storage storage, Path output) {
        var file = output.resolve("checkpoint-%012d-%s.safetensors".formatted(checkpoint.step(), checkpoint.sha256()));
        return LocalCopy.make(storage, checkpoint.key(), checkpoint.sha256(), file);
    }
}
