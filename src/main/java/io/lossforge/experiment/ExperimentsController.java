package io.lossforge.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Names;
import io.lossforge.catalogue.Violation;
import io.lossforge.experiment.ExperimentAnswers.Page;
import io.lossforge.experiment.ExperimentAnswers.Submitted;
import io.lossforge.experiment.ExperimentAnswers.Whole;
import io.lossforge.job.ExperimentJobs;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.lossforge.web.Idempotency;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Submits, lists and steers experiments. */
@RestController
@RequestMapping("/api/v1/experiments")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Experiments")
class ExperimentsController {

    private final Experiments experiments;
    private final ExperimentSubmissions submissions;
    private final ExperimentViews views;
    private final ExperimentJobs jobs;
    private final Idempotency idempotency;
    private final JsonMapper json;

    ExperimentsController(
            Experiments experiments,
            ExperimentSubmissions submissions,
            ExperimentViews views,
            ExperimentJobs jobs,
            Idempotency idempotency,
            JsonMapper json) {
        this.experiments = experiments;
        this.submissions = submissions;
        this.views = views;
        this.jobs = jobs;
        this.idempotency = idempotency;
        this.json = json;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Submit an experiment: one job under several losses, class weights, seeds and so on")
    @ApiResponse(responseCode = "202", description = "Every job is queued; Location says where to follow them")
    @ApiResponse(responseCode = "200", description = "What would be queued: it was a dry run")
    @ApiResponse(
            responseCode = "400",
            description = "Not an experiment, or a combination is no job: every violation is listed")
    @ApiResponse(responseCode = "409", description = "The first request with this Idempotency-Key is still being done")
    @ApiResponse(
            responseCode = "422",
            description = "More than 10,000 jobs, two combinations that are the same, or one that can't be carried out")
    ResponseEntity<Submitted> submitExperiment(
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = ExperimentSubmission.class)))
                    @RequestBody
                    JsonNode document,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @Nullable Principal caller) {
        var submitted = idempotency.once(
                "submit-experiment",
                idempotencyKey,
                json.writeValueAsString(document).getBytes(UTF_8),
                Submitted.class,
                () -> submit(document, caller == null ? null : caller.getName()));
        return submitted.links() == null
                ? ResponseEntity.ok(submitted)
                : ResponseEntity.accepted()
                        .location(URI.create(submitted.links().self()))
                        .body(submitted);
    }

    private Submitted submit(JsonNode document, @Nullable String owner) {
        var plan = submissions.plan(document);
        return ExperimentViews.submitted(
                plan,
                plan.design().dryRun()
                        ? null
                        : submissions.submit(plan, (ObjectNode) document, owner).id());
    }

    @GetMapping
    @Transactional(readOnly = true)
    @Operation(summary = "List experiments, newest first")
    ResponseEntity<Page> listExperiments(
            @Parameter(description = "1 to 500; 50 when absent") @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var limit = Limit.of(page.limit());
        var last = page.afterId();
        var found = last == null
                ? experiments.findAllByOrderByIdDesc(limit)
                : experiments.findByIdLessThanOrderByIdDesc(last, limit);
        var shown = page.cut(found, Experiment::id);
        return page.answer(new Page(views.summaries(shown.rows()), shown.nextPageToken()), shown.nextPageToken());
    }

    @GetMapping("/{id}")
    @Transactional(readOnly = true)
    @Operation(summary = "One experiment: how far it is, its combinations and their jobs")
    @ApiResponse(responseCode = "200", description = "The experiment")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    Whole getExperiment(@PathVariable UUID id) {
        return views.whole(experiments.findById(id).orElseThrow(() -> new ExperimentNotFound(id)));
    }

    @PostMapping("/{id}/cancel")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "End every job that has not ended; running ones end within about a second, and again is fine")
    @ApiResponse(responseCode = "202", description = "Ended, or about to")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    Whole cancelExperiment(@PathVariable UUID id) {
        var experiment = locked(id);
        jobs.cancelUnfinished(id);
        return views.whole(experiment);
    }

    @PostMapping("/{id}/resume")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "Queue every failed or cancelled job again, and make those that were deleted; again is fine")
    @ApiResponse(responseCode = "202", description = "Queued; what succeeded stays")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    @ApiResponse(responseCode = "409", description = "Some jobs are still being cancelled")
    @ApiResponse(responseCode = "422", description = "A deleted job can't be carried out any more")
    Whole resumeExperiment(@PathVariable UUID id) {
        var experiment = locked(id);
        jobs.retryEnded(id);
        submissions.complete(experiment);
        return views.whole(experiment);
    }

    /** More seeds. */
    @Schema(name = "MoreSeeds")
    record MoreSeeds(
            @Schema(
                    description = "Those that the experiment has already are passed over",
                    example = "[7,8]",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            List<Long> seeds) {}

    @PostMapping("/{id}/seeds")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "Run every combination under more seeds; again is fine")
    @ApiResponse(responseCode = "202", description = "The jobs of the new seeds are queued")
    @ApiResponse(responseCode = "400", description = "Not a list of seeds")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    @ApiResponse(
            responseCode = "422",
            description = "It would have more than 10,000 jobs, or a combination can't be carried out any more")
    Whole extendExperiment(
            @PathVariable UUID id,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = MoreSeeds.class)))
                    @RequestBody
                    JsonNode document) {
        var experiment = locked(id);
        experiment.extend(seeds(document));
        if (experiment.design().jobs() > Design.MOST_JOBS) {
            throw ApiException.unprocessable(
                    "/seeds",
                    String.format(
                            Locale.ROOT,
                            "makes %,d jobs; one experiment has at most %,d",
                            experiment.design().jobs(),
                            Design.MOST_JOBS));
        }
        experiments.flush();
        submissions.complete(experiment);
        return views.whole(experiment);
    }

    private static List<Long> seeds(JsonNode document) {
        var violations = new ArrayList<Violation>();
        for (var key : document.propertyNames()) {
            if (!key.equals("seeds")) {
                violations.add(new Violation("", Names.unknown("key", key, List.of("seeds"))));
            }
        }
        var seeds = DesignDocument.seeds("/seeds", document.get("seeds"), violations);
        if (!violations.isEmpty()) {
            throw new InvalidDocument(violations);
        }
        return seeds;
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    @Operation(
            summary =
                    "Delete an experiment that has ended, with its jobs, their metrics, logs and evaluations; models stay")
    @ApiResponse(responseCode = "204", description = "Deleted")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    @ApiResponse(responseCode = "409", description = "A job has not ended: cancel the experiment first")
    void deleteExperiment(@PathVariable UUID id) {
        var experiment = locked(id);
        jobs.deleteAll(id);
        experiments.delete(experiment);
    }

    private Experiment locked(UUID id) {
        return experiments.findAndLockById(id).orElseThrow(() -> new ExperimentNotFound(id));
    }
}
