package io.lossforge.card;

import io.lossforge.catalogue.Names;
import io.lossforge.model.Models;
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
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Model cards over HTTP, in two forms. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/versions/{version}/card")
@Tag(name = "models")
class CardController {

    private static final MediaType HTML = new MediaType("text", "html", StandardCharsets.UTF_8);

    private final Models models;
    private final Cards cards;

    CardController(Models models, Cards cards) {
        this.models = models;
        this.cards = cards;
    }

    @GetMapping(produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_HTML_VALUE})
    @Operation(
            summary =
                    "The card of a version: data, loss, training, metrics, analysis, calibration, limits; as JSON or a page")
    @ApiResponse(
            responseCode = "200",
            description = "The card, in the form that Accept or format asks for",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = Card.class)),
                @Content(mediaType = MediaType.TEXT_HTML_VALUE, schema = @Schema(type = "string"))
            })
    @ApiResponse(responseCode = "400", description = "a format that is not known", content = @Content)
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ResponseEntity<Object> getModelCard(
            @PathVariable String name,
            @PathVariable int version,
            @Parameter(description = "json or html; as Accept says when absent")
                    @RequestParam(required = false)
                    @Nullable String format,
            @Parameter(hidden = true)
                    @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.APPLICATION_JSON_VALUE)
                    String accept) {
        var form = form(format, accept);
        var card = cards.of(models.resolve("%s:%d".formatted(name, version)));
        return ResponseEntity.ok().contentType(form).body(form.equals(HTML) ? CardPage.of(card) : card);
    }

    private static MediaType form(@Nullable String format, String accept) {
        if (format == null) {
            return AcceptedForm.of(accept, List.of(MediaType.APPLICATION_JSON, HTML));
        }
        return switch (format) {
            case "json" -> MediaType.APPLICATION_JSON;
            case "html" -> HTML;
            default ->
                throw ApiException.badRequest("/format", Names.unknown("format", format, List.of("json", "html")));
        };
    }
}
