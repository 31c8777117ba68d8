package io.lossforge.job;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** All that a batch prediction is, with every default filled in. */
@Schema(
        name = "BatchPrediction",
        description =
                "A model version run over samples, with every default filled in; null unless kind is batch-prediction")
public record BatchSpec(
        @Schema(description = "name:version, which never means another one")
        String model,

        @Schema(description = "name:version; null where the samples were sent with the request") @Nullable String dataset,

        @Schema(description = "train, test or all of the dataset; upload where the samples were sent")
        String split,

        @Schema(description = "Samples, each a row of the result")
        long samples,

        @Schema(description = "csv or jsonl") String format,

        @Schema(description = "Classes named for each sample")
        int topK,

        @Schema(description = "Whether the probability of every class is in the result")
        boolean probabilities,

        int priority,
        int maxAttempts,

        @Schema(
                description = "ISO 8601 duration from submission after which the job fails",
                example = "PT2H",
                type = "string")
        @Nullable Duration deadline,

        @Schema(description = "Labels that the worker must have")
        List<String> labels) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** As it is stored. */
    static BatchSpec of(ObjectNode json) {
        return JSON.treeToValue(json, BatchSpec.class);
    }

    /** As a job's {@link ClaimedJob#spec} has it. */
    public static BatchSpec of(ClaimedJob job) {
        return of(job.spec());
    }

    /** As it is stored. */
    ObjectNode json() {
        return JSON.valueToTree(this);
    }
}
