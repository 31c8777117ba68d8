package io.lossforge.drift;

import io.lossforge.model.Models;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Drift over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@Tag(name = "models")
class DriftController {

    private static final Duration SHORTEST = Duration.ofMinutes(5);

    private final Models models;
    private final DriftWatch watch;

    DriftController(Models models, DriftWatch watch) {
        this.models = models;
        this.watch = watch;
    }

    @GetMapping("/api/v1/models/{name}/versions/{version}/drift")
    @Operation(
            summary = "How far what a version was asked and answered lately is from what it was trained on",
            description =
                    "Of all servers together; what others saw in the last ten seconds may be missing. Compares each watched number of a sample, and the classes predicted,"
                            + " by population stability index, Jensen-Shannon divergence and χ² test.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    DriftReport getModelVersionDrift(
            @PathVariable String name,
            @PathVariable int version,
            @Parameter(
                            description = "How far back, in steps of five minutes: PT5M to PT24H; PT1H if not given",
                            example = "PT1H")
                    @RequestParam(required = false)
                    @Nullable Duration window,
            @Parameter(description = "Inputs and classes named, the worst first")
                    @RequestParam(defaultValue = "5")
                    @Min(value = 1, message = "must be at least 1") @Max(value = 1000, message = "must be at most 1000") int top) {
        var length = window == null ? DriftWindows.USUAL : window;
        if (length.compareTo(SHORTEST) < 0 || length.compareTo(DriftWindows.LONGEST) > 0) {
            throw ApiException.badRequest("/window", "must be from PT5M to PT24H, was " + length);
        }
        return watch.report(models.resolve(name + ":" + version), length, top);
    }
}
