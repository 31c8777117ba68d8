package io.lossforge.model;

import io.lossforge.catalogue.Parameter;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.job.JobSubmission;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Temperature, prior and thresholds of a version over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/versions/{version}/decision")
@Tag(name = "models")
class DecisionController {

    /** The body of a request; reading it finds everything that is wrong. */
    record Change(
            @Parameter(value = "what every class should reach; null for no thresholds", required = true) @Nullable DecisionTarget target) {

        Change() {
            this(null);
        }
    }

    /** How the interface's document shows it. */
    @Schema(name = "DecisionChange")
    record ChangeDocument(
            @Schema(
                    description = "What every class should reach, see /decisions; null for no thresholds",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            JobSubmission.@Nullable NamedChoice target) {}

    private final Decisions decisions;

    DecisionController(Decisions decisions) {
        this.decisions = decisions;
    }

    @GetMapping
    @Operation(
            summary =
                    "What can be decided from the version's logits: temperature, class prior, thresholds, and what they change")
    @ApiResponse(responseCode = "200")
    @ApiResponse(
            responseCode = "404",
            description = "no such model or version, or it has no decision",
            content = @Content)
    DecisionAnswer getDecision(@PathVariable String name, @PathVariable int version) {
        return decisions.get(name, version);
    }

    @PutMapping
    @Operation(summary = "Fit thresholds for a target, from the validation logits that the version's job stored")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "400", description = "not a target: every violation is listed", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(responseCode = "422", description = "what it is fitted from is not there", content = @Content)
    DecisionAnswer setDecision(
            @PathVariable String name,
            @PathVariable int version,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = ChangeDocument.class)))
                    @RequestBody
                    JsonNode document) {
        return decisions.fit(
                name, version, Catalogues.JSON.read(Change.class, document).target());
    }
}
