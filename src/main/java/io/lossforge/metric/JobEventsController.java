package io.lossforge.metric;

import io.lossforge.job.JobHeads;
import io.lossforge.job.JobNotFound;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A job, live. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/events")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class JobEventsController {

    private final JobHeads jobs;
    private final JobEvents events;
    private final EventText text;

    JobEventsController(JobHeads jobs, JobEvents events, EventText text) {
        this.jobs = jobs;
        this.events = events;
        this.text = text;
    }

    @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            summary =
                    "Everything about a job as server-sent events, from its start or after Last-Event-ID, until it has ended",
            description =
                    "Events: metric and log (their id is the number to resume after), progress, state, and end as the last.")
    @ApiResponse(
            responseCode = "200",
            description = "The stream",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @ApiResponse(
            responseCode = "400",
            description = "Last-Event-ID or afterSequence is no id of this stream",
            content = @Content)
    @ApiResponse(responseCode = "404", description = "No such job", content = @Content)
    @ApiResponse(responseCode = "503", description = "Too many streams are open", content = @Content)
    void streamJobEvents(
            @PathVariable UUID id,
            @Parameter(description = "Id of the last event that was received")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable String lastEventId,
            @Parameter(description = "The same for a first connection, since a browser can't send that header then")
                    @RequestParam(required = false)
                    @Nullable String afterSequence,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        long after = lastEventId == null || lastEventId.isBlank()
                ? sequence(afterSequence, "/afterSequence")
                : sequence(lastEventId, "/Last-Event-ID");
        if (!jobs.of(Set.of(id)).containsKey(id)) {
            throw JobNotFound.of(id);
        }
        events.stream(id, after, text, request, response);
    }

    private static long sequence(@Nullable String id, String pointer) {
        if (id == null || id.isBlank()) {
            return 0;
        }
        if (!id.strip().matches("[0-9]{1,18}")) {
            throw ApiException.badRequest(pointer, "must be the id of an event of this stream");
        }
        return Long.parseLong(id.strip());
    }
}
