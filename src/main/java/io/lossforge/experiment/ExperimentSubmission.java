package io.lossforge.experiment;

import io.lossforge.job.JobSubmission;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the interface's document shows a {@link Design}. */
@Schema(
        description =
                "A base job × losses × class weights × imbalance × seeds × any other field that is listed in vary; at most 10,000 jobs."
                        + " A list that is absent leaves the field as the base job has it.")
record ExperimentSubmission(
        @Schema(
                description =
                        "Name of the experiment, and of the model that its jobs make versions of unless the job says another",
                pattern = "[a-z0-9][a-z0-9._-]{0,62}",
                requiredMode = RequiredMode.REQUIRED,
                example = "digits-losses")
        String name,

        @Schema(
                description = "The job that is varied; its name and seed are given by the experiment",
                requiredMode = RequiredMode.REQUIRED)
        JobSubmission job,

        @Schema(description = "Losses to compare") @Nullable List<JobSubmission.NamedChoice> losses,

        @Schema(description = "Class weights to compare") @Nullable List<JobSubmission.ClassWeighting> classWeights,

        @Schema(description = "Imbalances of the training split; null in the list leaves the split as it is") @Nullable List<JobSubmission.@Nullable LongTail> imbalance,

        @Schema(
                description = "Seeds; each combination is run once per seed. The job's seed when absent",
                example = "[1,2,3,4,5,6]")
        @Nullable List<Long> seeds,

        @Schema(
                description = "Other fields to vary: JSON pointers into the job, each with its values",
                example = "{\"/optimizer/parameters/learningRate\":[0.001,0.003]}")
        @Nullable Map<String, List<Object>> vary,

        @Schema(
                description =
                        "Which combination the others are compared with: for varied fields, by JSON pointer into the job, the place of"
                                + " the value in its list, from 0. Of a field that is absent the first. Fields of the data (dataset, imbalance,"
                                + " validationFraction) have no place here: combinations are compared on equal data",
                example = "{\"/loss\":0}")
        @Nullable Map<String, Integer> baseline,

        @Schema(description = "Only checks and counts; nothing is queued", defaultValue = "false") @Nullable Boolean dryRun) {}
