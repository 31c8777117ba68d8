package io.lossforge.metric;

import io.lossforge.job.JobHeads;
import io.lossforge.job.JobNotFound;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A job's metric points, by poll. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/metrics")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class MetricsController {

    private static final int MOST_POINTS = 10_000;

    private final JobHeads jobs;
    private final MetricPoints points;

    MetricsController(JobHeads jobs, MetricPoints points) {
        this.jobs = jobs;
        this.points = points;
    }

    @GetMapping
    @Operation(summary = "Metric points of a job, in the order in which they were measured")
    @ApiResponse(responseCode = "200", description = "At most 10,000 points, or as many per curve as maxPoints says")
    @ApiResponse(responseCode = "400", description = "A number out of range")
    @ApiResponse(responseCode = "404", description = "No such job")
    MetricPage listMetrics(
            @PathVariable UUID id,
            @Parameter(description = "Only this metric, such as loss") @RequestParam(required = false) @Nullable String name,
            @Parameter(description = "Only this split: train, validation or test")
                    @RequestParam(required = false)
                    @Nullable String split,
            @Parameter(description = "Only points after this one: the lastSequence of the answer before")
                    @RequestParam(defaultValue = "0")
                    long afterSequence,
            @Parameter(
                            description =
                                    "Thins each curve out to at most so many points; the least and greatest value of each stretch"
                                            + " stay. 2 to 10,000")
                    @RequestParam(required = false)
                    @Nullable Integer maxPoints) {
        if (afterSequence < 0) {
            throw ApiException.badRequest("/afterSequence", "must be >= 0, was " + afterSequence);
        }
        if (maxPoints != null && (maxPoints < 2 || maxPoints > MOST_POINTS)) {
            throw ApiException.badRequest("/maxPoints", "must be 2 to %d, was %d".formatted(MOST_POINTS, maxPoints));
        }
        // Read before the points: what is stored in between comes with the next poll.
        var head = jobs.of(Set.of(id)).get(id);
        if (head == null) {
            throw JobNotFound.of(id);
        }
        if (maxPoints != null) {
            return new MetricPage(points.thinned(id, name, split, afterSequence, maxPoints), head.lastSequence());
        }
        var found = points.after(id, name, split, afterSequence, MOST_POINTS);
        return new MetricPage(
                found, found.size() < MOST_POINTS ? Math.max(head.lastSequence(), last(found)) : last(found));
    }

    private static long last(List<MetricPoints.Point> points) {
        return points.isEmpty() ? 0 : points.get(points.size() - 1).sequence();
    }

    /** Points, and from where to go on. */
    record MetricPage(
            List<MetricPoints.Point> points,

            @Schema(description = "What to send as afterSequence to get what comes next")
            long lastSequence) {}
}
