package io.lossforge.admission;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.support.StringMultipartFileEditor;

/** Bringing models over HTTP. */
@RestController
@ConditionalOnRole(Role.SERVER)
@RequestMapping("/api/v1/models")
@Tag(name = "models")
class AdmissionController {

    private final Admission admission;
    private final AdmissionLimit limit;
    private final BroughtModels brought;

    AdmissionController(Admission admission, AdmissionLimit limit, BroughtModels brought) {
        this.admission = admission;
        this.limit = limit;
        this.brought = brought;
    }

    /** Lets a text field be sent as a file too: {@code labels=@labels.txt}. */
    @InitBinder
    void textsFromFiles(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new StringMultipartFileEditor(StandardCharsets.UTF_8.name()));
    }

    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(summary = "Bring an ONNX file; the next version of the model", description = """
                    The file is checked, run in a process of its own on several batches, and given the interface of every artefact: \
                    raw pixels or features in, logits and probabilities out. Answers when it can be asked for predictions.""")
    @ApiResponse(responseCode = "201", description = "it is a version now")
    @ApiResponse(
            responseCode = "200",
            description = "the model has this file already, with the same fields; its version")
    @ApiResponse(responseCode = "400", description = "a form field is wrong", content = @Content)
    @ApiResponse(responseCode = "413", description = "larger than lossforge.admission.max-file", content = @Content)
    @ApiResponse(responseCode = "422", description = "the file can't become a version", content = @Content)
    @ApiResponse(responseCode = "503", description = "other files are being examined", content = @Content)
    ResponseEntity<AdmittedModel> bringModel(@ModelAttribute ModelForm form, @Nullable Principal caller)
            throws IOException, InterruptedException {
        var name = form.checkedName();
        var file = form.checkedFile();
        limit.check(file.getSize());
        try {
            var admitted = admission.admit(name, file, form.declaration(), caller == null ? null : caller.getName());
            var version = admitted.version();
            var answer = AdmittedModel.of(version, brought.of(version.id()).orElseThrow());
            return ResponseEntity.status(admitted.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                    .location(URI.create(Objects.requireNonNull(answer.links().get("self"))))
                    .body(answer);
        } catch (Refusal e) {
            throw ApiException.unprocessable(e.pointer(), e.detail());
        }
    }
}
