package io.lossforge.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.job.JobHeads;
import io.lossforge.job.JobLog;
import io.lossforge.job.JobNotFound;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the trainers of a job printed: as it is now, or live. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/log")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class JobLogController {

    private final JobHeads jobs;
    private final JobLog log;
    private final JobEvents events;
    private final LogText text;

    JobLogController(JobHeads jobs, JobLog log, JobEvents events, LogText text) {
        this.jobs = jobs;
        this.log = log;
        this.events = events;
        this.text = text;
    }

    @GetMapping(produces = LogText.CONTENT_TYPE)
    @Operation(
            summary =
                    "What the trainers of all attempts printed, each after the first under a heading; when it becomes too long, the middle leaves and a line says how much")
    @ApiResponse(
            responseCode = "200",
            description = "Lines of text; empty if nothing was printed",
            content = @Content(mediaType = LogText.CONTENT_TYPE, schema = @Schema(type = "string")))
    @ApiResponse(responseCode = "404", description = "No such job", content = @Content)
    @ApiResponse(responseCode = "503", description = "Too many streams are open", content = @Content)
    void getLog(
            @PathVariable UUID id,
            @Parameter(
                            description =
                                    "Whether the answer goes on until the job has ended: through all attempts, and while it waits or is paused. When"
                                            + " nothing is printed for 15 s, it holds a carriage return")
                    @RequestParam(defaultValue = "false")
                    boolean follow,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        var head = Optional.ofNullable(jobs.of(Set.of(id)).get(id)).orElseThrow(() -> JobNotFound.of(id));
        if (follow) {
            events.stream(id, 0, text, request, response);
            return;
        }
        var whole = log.text(id, 0, head.lastSequence()).getBytes(UTF_8);
        response.setContentType(LogText.CONTENT_TYPE);
        response.setContentLength(whole.length);
        response.getOutputStream().write(whole);
    }
}
