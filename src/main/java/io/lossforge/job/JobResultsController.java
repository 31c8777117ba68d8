package io.lossforge.job;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Evaluation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a job left behind: evaluations. */
@RestController
@RequestMapping("/api/v1/jobs/{id}")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class JobResultsController {

    private final Jobs jobs;
    private final JobEvaluations evaluations;

    JobResultsController(Jobs jobs, JobEvaluations evaluations) {
        this.jobs = jobs;
        this.evaluations = evaluations;
    }

    @GetMapping("/evaluation")
    @Operation(summary = "How well the trained network classifies a split")
    @ApiResponse(responseCode = "200", description = "The evaluation; every rate is 0 to 1")
    @ApiResponse(
            responseCode = "404",
            description = "No such job, or no evaluation of the split: it comes with the job's success")
    Evaluation getEvaluation(
            @PathVariable UUID id,
            @Parameter(
                            description =
                                    "train, validation or test; when absent test, or validation where there is no test")
                    @RequestParam(required = false)
                    @Nullable String split) {
        var job = job(id);
        var wanted = SplitChoice.of(job, split, evaluations.splits(id), "evaluation");
        return Optional.ofNullable(evaluations.of(List.of(id), wanted).get(id))
                .orElseThrow(() -> JobNotFound.of(id)); // deleted meanwhile
    }

    private TrainingJob job(UUID id) {
        return jobs.findById(id).orElseThrow(() -> JobNotFound.of(id));
    }
}
