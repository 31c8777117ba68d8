package io.lossforge.model;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
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

    /** @param versions the first and the second, such as what is served and what might be */
    record Compared(@NotNull @Size(min = 2, max = 2) List<@NotNull @Min(1) Integer> versions) {}

    private final Comparisons comparisons;

    ComparisonController(Comparisons comparisons) {
        this.comparisons = comparisons;
    }

    @PostMapping
    @Operation(
            summary =
                    "Two versions on the test samples that they share: metrics, recall by class, McNemar's test, a verdict")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(responseCode = "422", description = "they share no test samples", content = @Content)
    VersionComparison compareModelVersions(@PathVariable String name, @RequestBody @Valid Compared compared) {
        return comparisons.compare(
                name, compared.versions().get(0), compared.versions().get(1));
    }
}
