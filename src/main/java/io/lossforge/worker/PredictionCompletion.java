package io.lossforge.worker;

import io.lossforge.job.BatchSpec;
import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.JobOutputs;
import io.lossforge.job.LeaseLost;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Stored;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps what a batch prediction made: the bytes of the result are stored first, then one transaction refers to them, stores the evaluation and moves
 * the job to {@code SUCCEEDED}. Doing it again is fine.
 */
@Component
@ConditionalOnRole(Role.WORKER)
class PredictionCompletion {

    private final ClaimedJobs jobs;
    private final JobOutputs outputs;
    private final Blobs blobs;
    private final TransactionTemplate transaction;

    PredictionCompletion(ClaimedJobs jobs, JobOutputs outputs, Blobs blobs, TransactionTemplate transaction) {
        this.jobs = jobs;
        this.outputs = outputs;
        this.blobs = blobs;
        this.transaction = transaction;
    }

    /**
     * Completes a run.
     *
     * @param output directory that holds the result
     * @throws LeaseLost if the claim is no longer good
     * @throws DamagedArtefact if a file is not what the process said
     */
    void complete(JobRun run, BatchSpec spec, TrainerEvent.Predicted predicted, Path output)
            throws IOException, InterruptedException {
        var said = predicted.result();
        var job = run.claim().job();
        var result = new Stored(JobOutputs.resultKey(job, said.sha256(), spec.format()), said.bytes(), said.sha256());
        Runnable store = () -> {
            var stored = blobs.put(result.key(), output.resolve(said.file()));
            if (!stored.sha256().equals(said.sha256())) {
                throw new DamagedArtefact();
            }
        };
        Patience.until(run, "storing the result", store);
        var correct = predicted.correct() == null
                ? null
                : BitSet.valueOf(Files.readAllBytes(output.resolve(predicted.correct())));
        Patience.until(run, "ending the job", () -> {
            try {
                succeed(run.claim(), result, correct, predicted);
            } catch (NoSuchBlob e) { // it waited for its row longer than bytes do
                store.run();
                succeed(run.claim(), result, correct, predicted);
            }
        });
    }

    private void succeed(Claim claim, Stored result, @Nullable BitSet correct, TrainerEvent.Predicted predicted) {
        try {
            transaction.executeWithoutResult(status -> {
                jobs.predicted(claim, predicted.samples(), predicted.evaluation());
                outputs.store(claim.job(), result, correct);
            });
        } catch (LeaseLost e) {
            if (!jobs.hasSucceeded(claim)) {
                throw e;
            }
        }
    }
}
