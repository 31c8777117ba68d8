package io.lossforge.model;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Which of two versions is better, over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/compare")
@Tag(name = "models")
class ComparisonController {

    /**
     * What is asked.
     *
     * @param versions the first and the second, such as what is served and what might be
     * @param split of the dataset
     */
    record Compared(
            @NotNull @Size(min = 2, max = 2) List<@NotNull @Min(1) Integer> versions,

            @Schema(
                    description =
                            "name or name:version of a registered dataset; when absent the one that both versions were tested on")
            @Nullable String dataset,

            @Schema(
                    description = "Which of the dataset's samples",
                    defaultValue = "test",
                    allowableValues = {"test", "train", "all"})
            @Pattern(regexp = "test|train|all", message = "must be test, train or all") @Nullable String split) {}

    private final Comparisons comparisons;
    private final DatasetComparisons datasetComparisons;

    ComparisonController(Comparisons comparisons, DatasetComparisons datasetComparisons) {
        this.comparisons = comparisons;
        this.datasetComparisons = datasetComparisons;
    }

    @PostMapping
    @Operation(
            summary = "Two versions on the same samples: metrics, recall by class, McNemar's test, a verdict",
            description =
                    "On another dataset than both were tested on, the versions are run over it first, as jobs; what they"
                            + " said is stored and used again.")
    @ApiResponse(
            responseCode = "200",
            description = "The comparison",
            content = @Content(schema = @Schema(implementation = VersionComparison.class)))
    @ApiResponse(
            responseCode = "202",
            description = "Jobs were queued that it needs: ask again when they have succeeded",
            content = @Content(schema = @Schema(implementation = PendingComparison.class)))
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(
            responseCode = "422",
            description = "they share no test samples, or can't be run over the dataset",
            content = @Content)
    ResponseEntity<Object> compareModelVersions(
            @PathVariable String name, @RequestBody @Valid Compared compared, @Nullable Principal caller) {
        int first = compared.versions().get(0);
        int second = compared.versions().get(1);
        if (compared.dataset() == null) {
            if (compared.split() != null) {
                throw ApiException.badRequest("/split", "is of a dataset: give dataset too");
            }
            return ResponseEntity.ok(comparisons.compare(name, first, second));
        }
        var outcome = datasetComparisons.compare(
                name,
                first,
                second,
                compared.dataset(),
                compared.split() == null ? "test" : compared.split(),
                caller == null ? null : caller.getName());
        return outcome.comparison() == null
                ? ResponseEntity.accepted().body(new PendingComparison(outcome.pending()))
                : ResponseEntity.ok(outcome.comparison());
    }
}
