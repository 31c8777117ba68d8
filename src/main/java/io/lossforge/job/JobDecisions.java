package io.lossforge.job;

import io.lossforge.analysis.LearningProperties;
import io.lossforge.decision.Decision;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.training.DecisionFit;
import io.lossforge.web.ApiException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decisions of finished jobs, fitted anew from what is stored of them. */
@Component
public class JobDecisions {

    private final Jobs jobs;
    private final JobAnalyses analyses;
    private final JobOutputs outputs;

    JobDecisions(Jobs jobs, JobAnalyses analyses, JobOutputs outputs) {
        this.jobs = jobs;
        this.analyses = analyses;
        this.outputs = outputs;
    }

    /**
     * Temperature and prior as at the end of the job, thresholds for another target.
     *
     * @param target null for no thresholds
     * @throws ApiException 422 if what it is fitted from is not there, or never was
     */
    public Decision fit(UUID id, @Nullable DecisionTarget target) {
        var job = jobs.findById(id)
                .orElseThrow(() -> refused("job %s was deleted, and its logits with it: train it again".formatted(id)));
        var spec = job.specification();
        if (spec.validationFraction() == 0) {
            throw refused(
                    "job %s had no validation split to fit on: train with validationFraction above 0".formatted(id));
        }
        var trained = analyses.of(id, "train")
                .orElseThrow(() -> refused(
                        "job %s has no analysis to fit from: there is none of more than %d classes; train again with the target as decision"
                                .formatted(id, LearningProperties.MOST_CLASSES)));
        var stored = outputs.of(id)
                .orElseThrow(() -> refused(
                        "job %s has no stored logits to fit on any more: lossforge.retention.outputs says how long they are kept; train it again with the target as decision"
                                .formatted(id)));
        var decision = DecisionFit.of(spec, trained).fit(stored, target);
        if (decision == null) {
            throw refused(
                    "job %s had no validation samples to fit on: train with validationFraction above 0".formatted(id));
        }
        return decision;
    }

    private static ApiException refused(String detail) {
        return ApiException.unprocessable("", detail);
    }
}
