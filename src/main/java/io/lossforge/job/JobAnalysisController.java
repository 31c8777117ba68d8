package io.lossforge.job;

import io.lossforge.analysis.Analysis;
import io.lossforge.analysis.WeightPreview;
import io.lossforge.catalogue.Parameter;
import io.lossforge.loss.ClassWeights;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What a trained network's averaged probabilities say about its loss. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/analysis")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class JobAnalysisController {

    private final Jobs jobs;
    private final JobAnalyses analyses;
    private final FrozenNetworks networks;

    JobAnalysisController(Jobs jobs, JobAnalyses analyses, FrozenNetworks networks) {
        this.jobs = jobs;
        this.analyses = analyses;
        this.networks = networks;
    }

    @GetMapping
    @Operation(summary = "What the trained network's averaged probabilities say about its loss and its class weights")
    @ApiResponse(responseCode = "200", description = "The learning-property analysis of the split")
    @ApiResponse(
            responseCode = "404",
            description = "No such job, or no analysis of the split: it comes with the job's success")
    Analysis getAnalysis(
            @PathVariable UUID id,
            @io.swagger.v3.oas.annotations.Parameter(
                            description =
                                    "train, validation or test; when absent test, or validation where there is no test")
                    @RequestParam(required = false)
                    @Nullable String split) {
        var job = jobs.findById(id).orElseThrow(() -> JobNotFound.of(id));
        return analyses.of(id, SplitChoice.of(job, split, analyses.splits(id), "analysis"))
                .orElseThrow(() -> JobNotFound.of(id));
    }

    @PostMapping("/preview")
    @Operation(summary = "What other class weights would do: solved for the last bias, without training")
    @ApiResponse(responseCode = "200", description = "Predicted probabilities and recalls, before and after")
    @ApiResponse(responseCode = "400", description = "Not class weights: every violation is listed")
    @ApiResponse(responseCode = "404", description = "No such job, or it has not succeeded")
    @ApiResponse(
            responseCode = "422",
            description = "It can't be solved for: another loss than softmax, logistic and lgl-inr, more than 200"
                    + " classes, or weights that do not go with the classes")
    WeightPreview previewClassWeights(
            @PathVariable UUID id,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = PreviewDocument.class)))
                    @RequestBody
                    JsonNode document) {
        var wanted = Catalogues.JSON.read(PreviewRequest.class, document).classWeights();
        var network = networks.of(id);
        try {
            return network.preview(doubles(wanted.weights(network.trainingCounts())));
        } catch (IllegalArgumentException e) {
            throw ApiException.unprocessable("/classWeights", String.valueOf(e.getMessage()));
        }
    }

    private static double[] doubles(float[] values) {
        var doubles = new double[values.length];
        for (int k = 0; k < doubles.length; k++) {
            doubles[k] = values[k];
        }
        return doubles;
    }

    /** What is asked. */
    record PreviewRequest(
            @Parameter(value = "weights to predict for", required = true)
            ClassWeights classWeights) {

        PreviewRequest() {
            this(new ClassWeights());
        }
    }

    /** How the interface's document shows it. */
    @Schema(name = "PreviewRequest")
    record PreviewDocument(
            @Schema(description = "Weights to predict for, as in a job", requiredMode = RequiredMode.REQUIRED)
            JobSubmission.ClassWeighting classWeights) {}
}
