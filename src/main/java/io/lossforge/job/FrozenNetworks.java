package io.lossforge.job;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lossforge.analysis.FrozenNetwork;
import io.lossforge.analysis.Training;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * The networks of finished jobs, to ask what class weights would do. Those asked last stay in memory for a while, under the key of the
 * job's outputs: it is looked up each time, so that a job deleted by any server is not found, and outputs stored anew are read anew.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class FrozenNetworks {

    private static final DataSize MOST = DataSize.ofMegabytes(64);
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final Jobs jobs;
    private final JobAnalyses analyses;
    private final JobOutputs outputs;
    private final Cache<String, FrozenNetwork> networks;

    FrozenNetworks(Jobs jobs, JobAnalyses analyses, JobOutputs outputs) {
        this.jobs = jobs;
        this.analyses = analyses;
        this.outputs = outputs;
        networks = Caffeine.newBuilder()
                .maximumWeight(MOST.toBytes())
                .weigher((String key, FrozenNetwork network) -> (int) Math.min(Integer.MAX_VALUE, network.bytes()))
                .expireAfterAccess(KEPT)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The network of a job.
     *
     * @throws ApiException 404 if there is no such job, or it has not succeeded; 422 if its bias can't be solved for
     */
    FrozenNetwork of(UUID job) {
        var key = outputs.key(job);
        return key.isPresent() ? networks.get(key.get(), missing -> read(job)) : read(job);
    }

    private FrozenNetwork read(UUID id) {
        var job = jobs.findById(id).orElseThrow(() -> JobNotFound.of(id));
        var trained = analyses.of(id, SplitChoice.of(job, "train", analyses.splits(id), "analysis"))
                .orElseThrow(() -> JobNotFound.of(id));
        if (job.specification().logitAdjustment() != null) {
            throw ApiException.unprocessable(
                    "/classWeights",
                    "the job serves adjusted probabilities (logitAdjustment), which its weights do not decide; train a job with the weights instead");
        }
        var stored = outputs.of(id)
                .orElseThrow(() -> ApiException.notFound(
                        "outputs-not-found", "job %s has no stored logits to predict from".formatted(id)));
        try {
            return FrozenNetwork.of(Training.of(job.specification().loss(), trained), stored.splits());
        } catch (IllegalArgumentException e) {
            throw ApiException.unprocessable("/classWeights", String.valueOf(e.getMessage()));
        }
    }
}
