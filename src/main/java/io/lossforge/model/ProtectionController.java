package io.lossforge.model;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What must not be deleted, over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models/{name}")
@Tag(name = "models")
class ProtectionController {

    /** Why. */
    record ProtectionReason(@Size(max = 500) @Nullable String reason) {}

    /** Whether something can be deleted, as far as protection goes. */
    @Schema(name = "ModelProtectionState")
    record ProtectionState(
            boolean isProtected,

            @Schema(description = "of the model, and so of all its versions") @Nullable Protection model,

            @Schema(description = "of the version itself") @Nullable Protection version) {

        static ProtectionState of(@Nullable Protection model, @Nullable Protection version) {
            return new ProtectionState(model != null || version != null, model, version);
        }
    }

    private final Models models;
    private final ModelVersions versions;
    private final Protections protections;

    ProtectionController(Models models, ModelVersions versions, Protections protections) {
        this.models = models;
        this.versions = versions;
        this.protections = protections;
    }

    @GetMapping("/protection")
    @Operation(summary = "Whether a model's versions are all kept from being deleted")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ProtectionState getModelProtection(@PathVariable String name) {
        return ProtectionState.of(protections.find(existing(name), null), null);
    }

    @PutMapping("/protection")
    @Operation(summary = "Keep all versions of a model, those to come included, from being deleted")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    ProtectionState protectModel(
            @PathVariable String name,
            @RequestBody(required = false) @Valid @Nullable ProtectionReason reason,
            @Nullable Principal caller) {
        return ProtectionState.of(protections.protect(existing(name), null, text(reason), by(caller)), null);
    }

    @DeleteMapping("/protection")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Lift the protection of a model; that of a version stays")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such model", content = @Content)
    void unprotectModel(@PathVariable String name) {
        protections.lift(existing(name), null);
    }

    @GetMapping("/versions/{version}/protection")
    @Operation(summary = "Whether a version is kept from being deleted")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ProtectionState getModelVersionProtection(@PathVariable String name, @PathVariable int version) {
        var found = models.version(name, version);
        return ProtectionState.of(protections.find(name, null), protections.find(name, found));
    }

    @PutMapping("/versions/{version}/protection")
    @Operation(summary = "Keep a version from being deleted")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    ProtectionState protectModelVersion(
            @PathVariable String name,
            @PathVariable int version,
            @RequestBody(required = false) @Valid @Nullable ProtectionReason reason,
            @Nullable Principal caller) {
        var made = protections.protect(name, models.version(name, version), text(reason), by(caller));
        return ProtectionState.of(protections.find(name, null), made);
    }

    @DeleteMapping("/versions/{version}/protection")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Lift the protection of a version; that of its model stays")
    @ApiResponse(responseCode = "204")
    @ApiResponse(responseCode = "404", description = "no such model or version", content = @Content)
    void unprotectModelVersion(@PathVariable String name, @PathVariable int version) {
        protections.lift(name, models.version(name, version));
    }

    private String existing(String name) {
        if (!versions.existsByModel(name)) {
            throw models.noModel(name);
        }
        return name;
    }

    private static @Nullable String text(@Nullable ProtectionReason reason) {
        return reason == null || reason.reason() == null || reason.reason().isBlank()
                ? null
                : reason.reason().strip();
    }

    private static @Nullable String by(@Nullable Principal caller) {
        return caller == null ? null : caller.getName();
    }
}
