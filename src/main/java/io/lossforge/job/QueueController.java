package io.lossforge.job;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What waits, and who works on it. */
@RestController
@RequestMapping("/api/v1")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class QueueController {

    private final QueueOutlook outlook;
    private final Workers workers;
    private final Jobs jobs;
    private final JobAnswers answers;

    QueueController(QueueOutlook outlook, Workers workers, Jobs jobs, JobAnswers answers) {
        this.outlook = outlook;
        this.workers = workers;
        this.jobs = jobs;
        this.answers = answers;
    }

    /** The head of the queue. */
    record Queue(
            @Schema(description = "How many jobs wait in all")
            int waiting,

            @Schema(description = "The first of them, in the order in which workers would take them")
            List<Job> jobs) {}

    /** Workers that are alive, the one that came first at the start. */
    @Schema(name = "WorkerList")
    record Present(List<Workers.Present> workers) {}

    @GetMapping("/queue")
    @Transactional(readOnly = true)
    @Operation(summary = "The jobs that wait, in the order in which workers would take them")
    @ApiResponse(responseCode = "200")
    Queue getQueue(
            @Parameter(description = "How many of them to show, 1 to 500; 50 when absent")
                    @RequestParam(required = false)
                    @Nullable Integer pageSize) {
        var most = PageRequest.of(pageSize, null).size();
        var places = outlook.positions(List.of());
        var first = places.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
        var byId = jobs.findByIdIn(first).stream().collect(Collectors.toMap(TrainingJob::id, job -> job));
        var shown = first.stream()
                .map(byId::get)
                .filter(Objects::nonNull)
                .filter(job -> job.state == JobState.QUEUED)
                .toList();
        return new Queue(places.size(), answers.of(shown));
    }

    @GetMapping("/workers")
    @Operation(summary = "The workers that are alive, their slots, and what runs on them")
    @ApiResponse(responseCode = "200")
    Present listWorkers() {
        return new Present(workers.present());
    }
}
