package io.lossforge.bundle;

import io.lossforge.job.JobDocuments;
import io.lossforge.job.JobNotFound;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A job as one file. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/bundle")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Jobs")
class BundleController {

    private static final String ZIP = "application/zip";

    private final JobDocuments jobs;
    private final Bundle bundle;

    BundleController(JobDocuments jobs, Bundle bundle) {
        this.jobs = jobs;
        this.bundle = bundle;
    }

    @GetMapping(produces = ZIP)
    @Operation(
            summary = "All of a job as a zip: specification, job, metrics (CSV), evaluations, analyses, ONNX file, log")
    @ApiResponse(
            responseCode = "200",
            description =
                    "What there is so far: of a job that has not succeeded, no evaluations, analyses or ONNX file",
            content = @Content(mediaType = ZIP, schema = @Schema(type = "string", format = "binary")))
    @ApiResponse(responseCode = "404", description = "No such job", content = @Content)
    void downloadBundle(@PathVariable UUID id, HttpServletResponse response) throws IOException {
        var documents = jobs.of(id).orElseThrow(() -> JobNotFound.of(id));
        response.setContentType(ZIP);
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename("job-%s.zip".formatted(id))
                        .build()
                        .toString());
        bundle.write(id, documents, response.getOutputStream());
    }
}
