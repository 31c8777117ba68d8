package io.lossforge.prediction;

import io.lossforge.model.Shadow;
import io.lossforge.model.ShadowChange;
import io.lossforge.model.Shadows;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The shadow of an alias, and what comes of it. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/aliases/{alias}/shadow")
@Tag(name = "models")
class ShadowController {

    private final Shadows shadows;
    private final ShadowResults results;
    private final Shadowing shadowing;

    ShadowController(Shadows shadows, ShadowResults results, Shadowing shadowing) {
        this.shadows = shadows;
        this.results = results;
        this.shadowing = shadowing;
    }

    @GetMapping
    @Operation(
            summary = "The shadow of an alias and how it compares with the versions that answer",
            description = "Of all servers together; what others found in the last ten seconds may be missing.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or alias, or it has no shadow", content = @Content)
    ResponseEntity<ShadowAnswers.Answer> getModelShadow(@PathVariable String name, @PathVariable String alias) {
        return answer(shadows.find(name, alias));
    }

    @PutMapping
    @Operation(
            summary =
                    "Let a version also run on what an alias is asked, after the answer: it answers nobody, its outputs are compared")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or alias", content = @Content)
    @ApiResponse(responseCode = "412", description = "the shadow has changed since", content = @Content)
    @ApiResponse(
            responseCode = "422",
            description = "no such version, or it takes or answers something else",
            content = @Content)
    @ApiResponse(responseCode = "428", description = "there is a shadow: If-Match is needed", content = @Content)
    ResponseEntity<ShadowAnswers.Answer> setModelShadow(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody @Valid ShadowAnswers.Target target,
            @Nullable Principal caller) {
        return answer(shadows.set(name, alias, target.version(), target.shareOrAll(), ifMatch, nameOf(caller)));
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "End the shadow of an alias; its history stays")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such model or alias, or it has no shadow", content = @Content)
    @ApiResponse(responseCode = "412", description = "the shadow has changed since", content = @Content)
    @ApiResponse(responseCode = "428", description = "If-Match is needed", content = @Content)
    void endModelShadow(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Nullable Principal caller) {
        shadows.end(name, alias, ifMatch, nameOf(caller));
    }

    @GetMapping("/history")
    @Operation(summary = "Every change of an alias's shadow, newest first")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or alias", content = @Content)
    ResponseEntity<ShadowAnswers.HistoryPage> listModelShadowHistory(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var shown = page.cut(shadows.history(name, alias, before(page.after(1)), page.limit()), ShadowChange::revision);
        return page.answer(
                new ShadowAnswers.HistoryPage(
                        shown.rows().stream().map(ShadowAnswers.Change::of).toList(), shown.nextPageToken()),
                shown.nextPageToken());
    }

    private static long before(List<String> key) {
        if (key.isEmpty()) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(key.get(0));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("/pageToken", "must be the nextPageToken of the page before, unchanged");
        }
    }

    private ResponseEntity<ShadowAnswers.Answer> answer(Shadow shadow) {
        shadowing.store();
        return ResponseEntity.ok().eTag(shadow.tag()).body(ShadowAnswers.Answer.of(shadow, results.of(shadow)));
    }

    private static @Nullable String nameOf(@Nullable Principal caller) {
        return caller == null ? null : caller.getName();
    }
}
