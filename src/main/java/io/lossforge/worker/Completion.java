package io.lossforge.worker;

import io.lossforge.analysis.DriftReference;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.dataset.DatasetVersion;
import io.lossforge.job.Claim;
import io.lossforge.job.ClaimedJobs;
import io.lossforge.job.JobAnalyses;
import io.lossforge.job.JobOutputs;
import io.lossforge.job.LeaseLost;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.model.VersionDecisions;
import io.lossforge.model.VersionReferences;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Stored;
import io.lossforge.training.Catalogues;
import io.lossforge.training.DriftReferences;
import io.lossforge.training.Evaluation;
import io.lossforge.training.Outputs;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainingSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns what a trainer made into a model version: the bytes of artefact and outputs are stored first, then one transaction registers the
 * version, stores the analyses and moves the job to {@code SUCCEEDED}. Doing it again is fine.
 */
@Component
@ConditionalOnRole(Role.WORKER)
class Completion {

    private final ClaimedJobs jobs;
    private final JobAnalyses analyses;
    private final JobOutputs outputs;
    private final Models models;
    private final VersionReferences references;
    private final VersionDecisions decisions;
    private final Blobs blobs;
    private final TransactionTemplate transaction;

    Completion(
            ClaimedJobs jobs,
            JobAnalyses analyses,
            JobOutputs outputs,
            Models models,
            VersionReferences references,
            VersionDecisions decisions,
            Blobs blobs,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.analyses = analyses;
        this.outputs = outputs;
        this.models = models;
        this.references = references;
        this.decisions = decisions;
        this.blobs = blobs;
        this.transaction = transaction;
    }

    /**
     * Completes a run.
     *
     * @param output directory that holds the artefact
     * @throws LeaseLost if the claim is no longer good
     * @throws DamagedArtefact if a file is not what the trainer said
     */
    void complete(JobRun run, DatasetVersion dataset, TrainerEvent.Finished finished, Path output)
            throws InterruptedException {
        var spec = Catalogues.JSON.read(TrainingSpec.class, run.job().spec());
        var key = "models/" + finished.artefactSha256() + ".onnx";
        var said = finished.outputs();
        var outputsFile = new Stored(JobOutputs.key(run.claim().job(), said.sha256()), said.bytes(), said.sha256());
        Runnable store = () -> {
            store(key, output.resolve(finished.artefact()), finished.artefactSha256());
            store(outputsFile.key(), output.resolve(said.file()), said.sha256());
        };
        Patience.until(run, "storing artefact and outputs", store);
        var version = new NewModelVersion(
                Objects.requireNonNull(spec.model()),
                run.claim().job(),
                dataset.name(),
                dataset.version(),
                Catalogue.nameOf(spec.loss()),
                key,
                finished.artefactSha256(),
                finished.artefactBytes(),
                dataset.classes(),
                dataset.kind(),
                dataset.shape(),
                spec.loss().servingTransform().kind().json(),
                (ObjectNode) Catalogues.JSON.write(spec).path("architecture"),
                finished.weightsSha256(),
                metrics(finished.evaluations()));
        var correct = testCorrect(output.resolve(said.file()));
        var reference = reference(output);
        Patience.until(run, "registering the model", () -> {
            try {
                register(run.claim(), version, outputsFile, correct, reference, finished);
            } catch (
                    NoSuchBlob
                            e) { // the last version with an equal artefact was deleted just now, and the bytes with it
                store.run();
                register(run.claim(), version, outputsFile, correct, reference, finished);
            }
        });
    }

    private static @Nullable BitSet testCorrect(Path outputs) {
        try {
            return Outputs.testCorrect(outputs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<DriftReference> reference(Path output) {
        try {
            return DriftReferences.read(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void store(String key, Path file, String sha256) {
        if (!blobs.put(key, file).sha256().equals(sha256)) {
            throw new DamagedArtefact();
        }
    }

    private void register(
            Claim claim,
            NewModelVersion version,
            Stored file,
            @Nullable BitSet testCorrect,
            Optional<DriftReference> reference,
            TrainerEvent.Finished finished) {
        try {
            transaction.executeWithoutResult(status -> {
                jobs.lastSequence(
                        claim); // holds the job before the model, so that a lost lease costs no version number
                var registered = models.register(version);
                reference.ifPresent(of -> references.store(registered.id(), of));
                decisions.store(registered.id(), finished.decision());
                analyses.store(claim.job(), finished.analyses());
                outputs.store(claim.job(), file, testCorrect);
                jobs.succeeded(
                        claim,
                        registered.model(),
                        registered.version(),
                        finished.epoch(),
                        finished.evaluations(),
                        finished.weightsSha256());
            });
        } catch (LeaseLost e) {
            if (!jobs.hasSucceeded(claim)) {
                throw e;
            }
        }
    }

    private static Map<String, Double> metrics(Map<String, Evaluation> evaluations) {
        var metrics = new TreeMap<String, Double>();
        var evaluation = evaluations.getOrDefault("test", evaluations.get("validation"));
        if (evaluation != null) {
            put(metrics, "accuracy", evaluation.accuracy());
            put(metrics, "balancedAccuracy", evaluation.balancedAccuracy());
            put(metrics, "macroF1", evaluation.macroF1());
            put(metrics, "worstClassRecall", evaluation.worstClassRecall());
            put(metrics, "auroc", evaluation.auroc());
            put(metrics, "auprc", evaluation.auprc());
            put(metrics, "nll", evaluation.nll());
            put(metrics, "brier", evaluation.brier());
            put(metrics, "ece", evaluation.ece());
        }
        return metrics;
    }

    private static void put(Map<String, Double> metrics, String name, @Nullable Double value) {
        if (value != null && Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }
}
