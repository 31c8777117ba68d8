package io.lossforge.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.dataset.SentPictures;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.lossforge.web.Idempotency;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import tools.jackson.databind.json.JsonMapper;

/** Runs models over many samples as jobs, and hands out what they said. */
@RestController
@ConditionalOnRole(Role.SERVER)
@Tag(name = "predictions")
class BatchPredictionController {

    private static final String REFERENCE =
            "name (its alias production, else its newest version), name@alias or name:version";

    private final BatchPredictions predictions;
    private final PredictionResults results;
    private final SentPictures pictures;
    private final JobInputs inputs;
    private final JobAnswers answers;
    private final Idempotency idempotency;
    private final JsonMapper json;

    BatchPredictionController(
            BatchPredictions predictions,
            PredictionResults results,
            SentPictures pictures,
            JobInputs inputs,
            JobAnswers answers,
            Idempotency idempotency,
            JsonMapper json) {
        this.predictions = predictions;
        this.results = results;
        this.pictures = pictures;
        this.inputs = inputs;
        this.answers = answers;
        this.idempotency = idempotency;
        this.json = json;
    }

    @PostMapping(path = "/api/v1/models/{ref}/batch-predictions", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Run a model over the samples of a registered dataset, as a job of the queue")
    @ApiResponse(responseCode = "202", description = "Queued; Location says where to follow it")
    @ApiResponse(responseCode = "400", description = "Not such a request: every violation is listed")
    @ApiResponse(responseCode = "404", description = "No such model, version or alias")
    @ApiResponse(
            responseCode = "422",
            description = "It can't be carried out, such as an unknown dataset or one of another shape")
    ResponseEntity<Job> submitBatchPrediction(
            @Parameter(description = REFERENCE) @PathVariable String ref,
            @RequestBody @Valid BatchRequest asked,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @Nullable Principal caller) {
        return accepted(idempotency.once(
                "submit-batch-prediction",
                idempotencyKey,
                (ref + '\n' + json.writeValueAsString(asked)).getBytes(UTF_8),
                Job.class,
                () -> answers.of(predictions.submit(ref, asked, owner(caller)))));
    }

    @PostMapping(path = "/api/v1/models/{ref}/batch-predictions/upload", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Run a model over pictures that are sent along, as a job of the queue",
            description =
                    "The pictures are brought to the model's size at once, as at ingestion, and deleted when the job"
                            + " has succeeded. lossforge.dataset bounds what is read.")
    @ApiResponse(responseCode = "202", description = "Queued; Location says where to follow it")
    @ApiResponse(responseCode = "400", description = "A form field is wrong")
    @ApiResponse(responseCode = "404", description = "No such model, version or alias")
    @ApiResponse(responseCode = "413", description = "Larger than lossforge.dataset.max-upload")
    @ApiResponse(
            responseCode = "422",
            description = "A file is neither a picture nor an archive of pictures, or the model takes none")
    @ApiResponse(responseCode = "503", description = "Other uploads are being read")
    ResponseEntity<Job> uploadBatchPrediction(
            @Parameter(description = REFERENCE) @PathVariable String ref,
            @ModelAttribute @Valid BatchForm form,
            @Nullable Principal caller)
            throws IOException {
        if (form.files().isEmpty()) {
            throw ApiException.badRequest("/file", "is required: at least one picture or archive of pictures");
        }
        var version = predictions.takingPictures(ref);
        try (var packed = pictures.pack(form.files(), version.inputShape(), version.classes())) {
            var key = inputs.store(packed.files());
            return accepted(answers.of(predictions.submit(version, packed, key, form.request(), owner(caller))));
        }
    }

    @GetMapping(
            path = "/api/v1/jobs/{id}/predictions",
            produces = {"text/csv", "application/x-ndjson"})
    @Operation(summary = "What a batch prediction said: a row for each sample, gzipped if the caller takes that")
    @ApiResponse(
            responseCode = "200",
            description = "CSV with a header, or JSON Lines, as the job was asked for",
            content = {
                @Content(mediaType = "text/csv", schema = @Schema(type = "string", format = "binary")),
                @Content(mediaType = "application/x-ndjson", schema = @Schema(type = "string", format = "binary"))
            })
    @ApiResponse(responseCode = "304", description = "It is what If-None-Match says", content = @Content)
    @ApiResponse(responseCode = "404", description = "No such job, or it has no result: that comes with its success")
    @Nullable ResponseEntity<Resource> downloadPredictions(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false) @Parameter(hidden = true) @Nullable String encodings,
            WebRequest request) {
        var result = results.of(id);
        boolean gzipped = encodings != null && encodings.matches("(?i).*\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$)).*");
        if (request.checkNotModified(gzipped ? result.sha256() : result.sha256() + "-plain")) {
            return null;
        }
        var file = ContentDisposition.attachment()
                .filename("predictions-%s.%s".formatted(id, result.format()))
                .build();
        var answer = ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(
                        result.format().equals("csv") ? "text/csv;charset=UTF-8" : "application/x-ndjson"))
                .header(HttpHeaders.CONTENT_DISPOSITION, file.toString())
                .varyBy(HttpHeaders.ACCEPT_ENCODING);
        if (gzipped) {
            answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").contentLength(result.bytes());
        }
        return answer.body(new InputStreamResource(() -> gzipped ? results.gzipped(result) : results.plain(result)));
    }

    private static @Nullable String owner(@Nullable Principal caller) {
        return caller == null ? null : caller.getName();
    }

    private static ResponseEntity<Job> accepted(Job job) {
        return ResponseEntity.accepted()
                .location(URI.create(job.links().self()))
                .body(job);
    }
}
