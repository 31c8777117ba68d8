package io.lossforge.job;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
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

/** Submits, lists and steers jobs. */
@RestController
@RequestMapping("/api/v1/jobs")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class JobsController {

    private final Jobs jobs;
    private final JobAnswers answers;
    private final Submissions submissions;
    private final BulkCancellations cancellations;
    private final JobCheckpoints checkpoints;
    private final Idempotency idempotency;
    private final DatabaseClock clock;
    private final JsonMapper json;
    private final ApplicationEventPublisher events;

    JobsController(
            Jobs jobs,
            JobAnswers answers,
            Submissions submissions,
            BulkCancellations cancellations,
            JobCheckpoints checkpoints,
            Idempotency idempotency,
            DatabaseClock clock,
            JsonMapper json,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.answers = answers;
        this.submissions = submissions;
        this.cancellations = cancellations;
        this.checkpoints = checkpoints;
        this.idempotency = idempotency;
        this.clock = clock;
        this.json = json;
        this.events = events;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Submit a training job")
    @ApiResponse(responseCode = "202", description = "Queued; Location says where to follow it")
    @ApiResponse(responseCode = "400", description = "Not a specification: every violation is listed")
    @ApiResponse(responseCode = "409", description = "The first request with this Idempotency-Key is still being done")
    @ApiResponse(
            responseCode = "422",
            description = "Well formed, but it can't be carried out, such as an unknown dataset")
    ResponseEntity<Job> submitJob(
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = JobSubmission.class)))
                    @RequestBody
                    JsonNode document,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @Nullable Principal caller) {
        var job = idempotency.once(
                "submit-job",
                idempotencyKey,
                json.writeValueAsString(document).getBytes(UTF_8),
                Job.class,
                () -> answers.of(submissions.submit(document, caller == null ? null : caller.getName())));
        return ResponseEntity.accepted()
                .location(URI.create(job.links().self()))
                .body(job);
    }

    @PostMapping("/check")
    @Operation(
            summary =
                    "What a document would be as a job, without queueing it: class counts, class weights, parameters of the network,"
                            + " and everything that it would be refused for")
    @ApiResponse(responseCode = "200", description = "Also of a document that would be refused: errors says why")
    JobPreview checkJob(
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = JobSubmission.class)))
                    @RequestBody
                    JsonNode document) {
        return submissions.preview(document);
    }

    @GetMapping
    @Transactional(readOnly = true)
    @Operation(summary = "List jobs, newest first unless told otherwise")
    ResponseEntity<JobPage> listJobs(
            @Parameter(description = "Only jobs in one of these states") @RequestParam(required = false) @Nullable List<String> state,
            @Parameter(description = "Only jobs on this dataset: name or name:version")
                    @RequestParam(required = false)
                    @Nullable String dataset,
            @Parameter(description = "Only jobs of this experiment") @RequestParam(required = false) @Nullable UUID experiment,
            @Parameter(
                            description = "Only jobs of this kind",
                            schema = @Schema(allowableValues = {"training", "batch-prediction"}))
                    @RequestParam(required = false)
                    @Nullable String kind,
            @Parameter(description = "createdAt desc or createdAt asc") @RequestParam(required = false) @Nullable String orderBy,
            @Parameter(description = "1 to 500; 50 when absent") @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var filter = JobFilter.of(state, dataset, experiment, kind, orderBy);
        var found = jobs.findBy(
                filter.after(page.afterId()),
                query -> query.sortBy(filter.sort()).limit(page.limit()).all());
        var shown = page.cut(found, TrainingJob::id);
        return page.answer(new JobPage(answers.of(shown.rows()), shown.nextPageToken()), shown.nextPageToken());
    }

    @GetMapping("/{id}")
    @Transactional(readOnly = true)
    @Operation(summary = "One job")
    @ApiResponse(responseCode = "200", description = "The job; its ETag changes with it")
    @ApiResponse(responseCode = "304", description = "As If-None-Match knows it", content = @Content)
    @ApiResponse(responseCode = "404", description = "No such job")
    ResponseEntity<Job> getJob(@PathVariable UUID id) {
        var job = answers.of(jobs.findById(id).orElseThrow(() -> JobNotFound.of(id)));
        return ResponseEntity.ok()
                .eTag(DigestUtils.md5DigestAsHex(json.writeValueAsBytes(job)))
                .body(job);
    }

    @PostMapping("/{id}/cancel")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "End a job; a running one ends within about a second, and again is fine")
    @ApiResponse(responseCode = "202", description = "Ended, or about to")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(responseCode = "409", description = "It ended otherwise")
    ResponseEntity<Job> cancelJob(@PathVariable UUID id) {
        return change(id, job -> job.cancel(clock.instant()));
    }

    @PostMapping("/{id}/pause")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(
            summary =
                    "Keep a job from going on until it is resumed; a running one writes a checkpoint first, and again is fine")
    @ApiResponse(responseCode = "202", description = "Paused, or about to")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(
            responseCode = "409",
            description = "It ended, or is being cancelled, or is a batch prediction that runs")
    ResponseEntity<Job> pauseJob(@PathVariable UUID id) {
        return change(id, job -> job.pause(clock.instant()));
    }

    @PostMapping("/{id}/resume")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "Queue a paused job; one that is not paused stays as it is, so that again is fine")
    @ApiResponse(responseCode = "202", description = "Not paused any more, nor about to be")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(responseCode = "409", description = "It ended, or is being cancelled")
    ResponseEntity<Job> resumeJob(@PathVariable UUID id) {
        var answer = change(id, job -> job.resume(clock.instant()));
        events.publishEvent(new JobQueued());
        return answer;
    }

    @PostMapping("/cancel")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Cancel every unfinished job that a filter finds, at most 10,000 in a call; again is fine")
    @ApiResponse(responseCode = "202", description = "Which were cancelled, or with dryRun would be")
    @ApiResponse(responseCode = "400", description = "No filter at all, or one that is not known")
    BulkCancellation cancelJobs(
            @Parameter(description = "Only jobs in one of these states") @RequestParam(required = false) @Nullable List<String> state,
            @Parameter(description = "Only jobs on this dataset: name or name:version")
                    @RequestParam(required = false)
                    @Nullable String dataset,
            @Parameter(description = "Only jobs of this experiment") @RequestParam(required = false) @Nullable UUID experiment,
            @Parameter(
                            description = "Only jobs of this kind",
                            schema = @Schema(allowableValues = {"training", "batch-prediction"}))
                    @RequestParam(required = false)
                    @Nullable String kind,
            @Parameter(description = "Whether only to say which would be cancelled")
                    @RequestParam(defaultValue = "false")
                    boolean dryRun) {
        var filter = JobFilter.of(state, dataset, experiment, kind, null);
        if (filter.states().isEmpty() && filter.dataset() == null && experiment == null && kind == null) {
            throw ApiException.badRequest(
                    "/state",
                    "say which jobs, by state, dataset, experiment or kind; state=QUEUED,STARTING,RUNNING,PAUSED means all");
        }
        return cancellations.cancel(filter, dryRun);
    }

    @PostMapping("/{id}/retry")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "Queue a failed or cancelled job again; again is fine until it ends")
    @ApiResponse(responseCode = "202", description = "Queued")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(responseCode = "409", description = "It neither failed nor was cancelled")
    ResponseEntity<Job> retryJob(@PathVariable UUID id) {
        var answer = change(id, job -> {
            job.retry(clock.instant());
            checkpoints.place(job);
        });
        events.publishEvent(new JobQueued());
        return answer;
    }

    @PatchMapping("/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Transactional
    @Operation(summary = "Change priority or deadline of a job that has not ended")
    @ApiResponse(responseCode = "202", description = "Changed")
    @ApiResponse(responseCode = "400", description = "Another key, or a value out of range")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(responseCode = "409", description = "The job has ended")
    ResponseEntity<Job> changeJob(
            @PathVariable UUID id,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = JobChange.class)))
                    @RequestBody
                    JsonNode change) {
        return change(id, job -> JobChange.apply(change, job));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    @Operation(
            summary =
                    "Delete a job that has ended, with its metrics, log, evaluations, analyses and predictions; its model stays")
    @ApiResponse(responseCode = "204", description = "Deleted")
    @ApiResponse(responseCode = "404", description = "No such job")
    @ApiResponse(responseCode = "409", description = "It has not ended: cancel it first")
    void deleteJob(@PathVariable UUID id) {
        var job = jobs.findAndLockById(id).orElseThrow(() -> JobNotFound.of(id));
        if (!job.state.isFinished()) {
            throw new IllegalMove("job %s: %s, it can be deleted once it has ended".formatted(id, job.state));
        }
        events.publishEvent(new JobDeleted(id));
        jobs.delete(job);
    }

    private ResponseEntity<Job> change(UUID id, Consumer<TrainingJob> change) {
        var job = jobs.findAndLockById(id).orElseThrow(() -> JobNotFound.of(id));
        change.accept(job);
        jobs.flush();
        events.publishEvent(new JobChanged(id));
        return ResponseEntity.accepted().body(answers.of(job));
    }
}
