package io.lossforge.card;

import io.lossforge.model.Models;
import io.lossforge.model.Precondition;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a version's owner says on its card, over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}/versions/{version}/card/statement")
@Tag(name = "models")
class StatementController {

    private static final int LONGEST = 10_000;

    /** What is said; what is absent is not said any more. */
    @Schema(name = "ModelStatementText")
    record Said(
            @Schema(description = "What it is meant for") @Size(max = LONGEST) @Nullable String intendedUse,

            @Schema(description = "What it is not fit for") @Size(max = LONGEST) @Nullable String limitations,

            @Schema(description = "Under which terms it may be used") @Size(max = LONGEST) @Nullable String licence,

            @Schema(description = "Whom to ask") @Size(max = LONGEST) @Nullable String contact) {}

    private final Models models;
    private final Statements statements;

    StatementController(Models models, Statements statements) {
        this.models = models;
        this.statements = statements;
    }

    @GetMapping
    @Operation(summary = "What a version's owner says on its card; its ETag is what If-Match wants")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such version, or nothing is said", content = @Content)
    ResponseEntity<Statement> getModelStatement(@PathVariable String name, @PathVariable int version) {
        var found = models.resolve("%s:%d".formatted(name, version));
        var statement = statements.of(found);
        if (statement == null) {
            throw ApiException.notFound("statement-not-found", "nothing is said of %s".formatted(found.reference()));
        }
        return answer(statement);
    }

    @PutMapping
    @Operation(summary = "Say on a version's card what it is for and what not")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    @ApiResponse(responseCode = "412", description = "something else is said by now", content = @Content)
    @ApiResponse(responseCode = "428", description = "something is said: If-Match is needed", content = @Content)
    ResponseEntity<Statement> putModelStatement(
            @PathVariable String name,
            @PathVariable int version,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody @Valid Said said,
            @Nullable Principal caller) {
        var found = models.resolve("%s:%d".formatted(name, version));
        return answer(statements.put(found, said, ifMatch, caller == null ? null : caller.getName()));
    }

    private static ResponseEntity<Statement> answer(Statement statement) {
        return ResponseEntity.ok().eTag(Precondition.tag(statement.revision())).body(statement);
    }
}
