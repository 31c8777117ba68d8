package io.lossforge.model;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.lossforge.web.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Aliases over HTTP: what is promoted, and what was. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/aliases/{alias}")
@Tag(name = "models")
class AliasController {

    /**
     * What an alias is to point to: one version, or several that share its traffic.
     *
     * @param versions each with its weight; a version's part of the predictions is its weight over the sum of weights
     */
    record AliasTarget(
            @Min(1) @Nullable Integer version,

            @Valid @Size(min = 1, max = Aliases.MOST_TARGETS) @Nullable List<Share> versions) {

        List<Share> shares() {
            if ((version == null) == (versions == null)) {
                throw ApiException.badRequest(
                        "/version", "must be given, or versions with their weights, and not both of them");
            }
            return version == null ? Objects.requireNonNull(versions) : List.of(new Share(version, 100));
        }
    }

    private final Aliases aliases;

    AliasController(Aliases aliases) {
        this.aliases = aliases;
    }

    @GetMapping
    @Operation(summary = "Where an alias points to; its ETag is what If-Match wants")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or alias", content = @Content)
    ResponseEntity<ModelAnswers.Alias> getModelAlias(@PathVariable String name, @PathVariable String alias) {
        return answer(aliases.find(name, alias));
    }

    @PutMapping
    @Operation(
            summary =
                    "Point an alias to a version, or to several by weight; a bare model name means its alias \"production\"")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    @ApiResponse(responseCode = "412", description = "the alias has changed since", content = @Content)
    @ApiResponse(responseCode = "422", description = "no such version", content = @Content)
    @ApiResponse(responseCode = "428", description = "the alias exists: If-Match is needed", content = @Content)
    ResponseEntity<ModelAnswers.Alias> setModelAlias(
            @PathVariable String name,
            @PathVariable
                    @Pattern(
                            regexp = "[a-z0-9][a-z0-9._-]{0,62}",
                            message = "must be lower-case letters, digits, '.', '_', '-'; at most 63")
                    String alias,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody @Valid AliasTarget target,
            @Nullable Principal caller) {
        return answer(aliases.point(name, alias, target.shares(), ifMatch, nameOf(caller)));
    }

    @PostMapping("/rollback")
    @Operation(summary = "Point an alias back to where it pointed before; again goes further back")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or alias", content = @Content)
    @ApiResponse(responseCode = "409", description = "nothing to go back to", content = @Content)
    @ApiResponse(responseCode = "412", description = "the alias has changed since", content = @Content)
    ResponseEntity<ModelAnswers.Alias> rollBackModelAlias(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Nullable Principal caller) {
        return answer(aliases.rollback(name, alias, ifMatch, nameOf(caller)));
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete an alias; its history stays")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such model or alias", content = @Content)
    @ApiResponse(responseCode = "412", description = "the alias has changed since", content = @Content)
    @ApiResponse(responseCode = "428", description = "If-Match is needed", content = @Content)
    void deleteModelAlias(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Nullable Principal caller) {
        aliases.delete(name, alias, ifMatch, nameOf(caller));
    }

    @GetMapping("/history")
    @Operation(summary = "Every change of an alias, newest first")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "there never was such an alias", content = @Content)
    ResponseEntity<ModelAnswers.HistoryPage> listModelAliasHistory(
            @PathVariable String name,
            @PathVariable String alias,
            @RequestParam(required = false) @Nullable Integer pageSize,
            @RequestParam(required = false) @Nullable String pageToken) {
        var page = PageRequest.of(pageSize, pageToken);
        var rows = aliases.history(name, alias, ModelAnswers.before(page.after(1)), page.limit());
        var shown = page.cut(rows, AliasChange::revision);
        return page.answer(
                new ModelAnswers.HistoryPage(
                        shown.rows().stream().map(ModelAnswers.Change::of).toList(), shown.nextPageToken()),
                shown.nextPageToken());
    }

    private static ResponseEntity<ModelAnswers.Alias> answer(ModelAlias alias) {
        return ResponseEntity.ok().eTag(Precondition.tag(alias.revision())).body(ModelAnswers.Alias.of(alias));
    }

    private static @Nullable String nameOf(@Nullable Principal caller) {
        return caller == null ? null : caller.getName();
    }
}
