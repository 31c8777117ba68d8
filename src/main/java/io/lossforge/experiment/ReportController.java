package io.lossforge.experiment;

import io.lossforge.catalogue.Names;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.AcceptedForm;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What an experiment showed, in three forms. */
@RestController
@RequestMapping("/api/v1/experiments/{id}/report")
@ConditionalOnRole(Role.SERVER)
@Tag(name = "Experiments")
class ReportController {

    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);
    private static final MediaType HTML = new MediaType("text", "html", StandardCharsets.UTF_8);
    private static final Map<String, MediaType> FORMATS =
            Map.of("json", MediaType.APPLICATION_JSON, "csv", CSV, "html", HTML);

    private final Experiments experiments;
    private final Reports reports;

    ReportController(Experiments experiments, Reports reports) {
        this.experiments = experiments;
        this.reports = reports;
    }

    @GetMapping(produces = {MediaType.APPLICATION_JSON_VALUE, "text/csv", MediaType.TEXT_HTML_VALUE})
    @Transactional(readOnly = true)
    @Operation(
            summary =
                    "Means, paired differences, tests, curves and a verdict, of the jobs that have succeeded; as JSON, CSV or a page with plots")
    @ApiResponse(
            responseCode = "200",
            description = "The report, in the form that Accept or format asks for",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = Report.class)),
                @Content(mediaType = "text/csv", schema = @Schema(type = "string")),
                @Content(mediaType = MediaType.TEXT_HTML_VALUE, schema = @Schema(type = "string"))
            })
    @ApiResponse(responseCode = "400", description = "A format that is not known")
    @ApiResponse(responseCode = "404", description = "No such experiment")
    ResponseEntity<Object> getExperimentReport(
            @PathVariable UUID id,
            @Parameter(description = "json, csv or html; as Accept says when absent")
                    @RequestParam(required = false)
                    @Nullable String format,
            @Parameter(hidden = true)
                    @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.APPLICATION_JSON_VALUE)
                    String accept) {
        var form = form(format, accept);
        var report = reports.of(experiments.findById(id).orElseThrow(() -> new ExperimentNotFound(id)));
        return ResponseEntity.ok()
                .contentType(form)
                .body(form == CSV ? ReportCsv.of(report) : form == HTML ? ReportPage.of(report) : report);
    }

    private static MediaType form(@Nullable String format, String accept) {
        if (format != null) {
            var form = FORMATS.get(format);
            if (form == null) {
                throw ApiException.badRequest(
                        "/format", Names.unknown("format", format, List.of("json", "csv", "html")));
            }
            return form;
        }
        return AcceptedForm.of(accept, List.of(MediaType.APPLICATION_JSON, CSV, HTML));
    }
}
