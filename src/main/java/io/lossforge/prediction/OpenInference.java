package io.lossforge.prediction;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and answers of the Open Inference Protocol, version 2. */
final class OpenInference {

    private OpenInference() {}

    @Schema(name = "ServerMetadata")
    record Server(String name, String version, List<String> extensions) {}

    @Schema(name = "ServerLive")
    record Live(boolean live) {}

    @Schema(name = "ServerReady")
    record Ready(boolean ready) {}

    @Schema(name = "ModelReady")
    record ModelReady(String name, boolean ready) {}

    @Schema(name = "ModelMetadata")
    record Metadata(
            String name,
            List<String> versions,
            String platform,
            List<TensorMetadata> inputs,
            List<TensorMetadata> outputs) {}

    /** -1 in a shape stands for any number of samples. */
    record TensorMetadata(String name, String datatype, List<Long> shape) {}

    /** Read from the stream and never made. */
    record InferRequest(
            @Nullable String id,
            @Nullable Map<String, Object> parameters,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<InferInput> inputs,

            @Nullable List<RequestedOutput> outputs) {}

    /** {@code data} is flat or nested by the shape. */
    record InferInput(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "input")
            String name,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<Long> shape,

            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    allowableValues = {"UINT8", "FP32"})
            String datatype,

            @Nullable Map<String, Object> parameters,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            List<Object> data) {}

    record RequestedOutput(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    allowableValues = {"logits", "probabilities"})
            String name,

            @Nullable Map<String, Object> parameters) {}

    /** {@code id} is the request's. */
    record InferResponse(
            @JsonProperty("model_name") String modelName,
            @JsonProperty("model_version") String modelVersion,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String id,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Applied parameters,

            List<InferOutput> outputs) {}

    /** What was made of the probabilities that the model serves; the protocol's parameters are numbers and texts. */
    @Schema(name = "InferApplied")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Applied(
            @Schema(description = "T of softmax(z / T), which the probabilities are of") @Nullable Double temperature,

            @Schema(description = "The class prior they stand for, as it was asked for") @Nullable String prior,

            @Schema(description = "Name of the target of the thresholds that decided") @Nullable String decision,

            @Schema(description = "Probability below which no class is given") @Nullable Double abstainBelow) {

        static Applied of(AppliedDecision.Shown shown) {
            var target = shown.decision();
            return new Applied(
                    shown.temperature(), shown.prior(), target == null ? null : target.name(), shown.abstainBelow());
        }
    }

    /** {@code data} in C order: numbers, or texts of the classification extension; not there when it follows in binary. */
    record InferOutput(
            String name,
            List<Long> shape,
            String datatype,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OutputParameters parameters,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Schema(type = "array", implementation = Object.class) @Nullable Object data) {}

    /** @param binaryDataSize bytes of the output behind the JSON */
    record OutputParameters(
            @JsonProperty("binary_data_size") long binaryDataSize) {}
}
