package io.lossforge.admission;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was found in a file that was brought. */
@Schema(name = "BroughtModelFindings")
public record Findings(
        @Schema(description = "What wrote the file, by its own word; empty if it does not say")
        String producer,

        @Schema(description = "Version of the ONNX format") long irVersion,

        @Schema(description = "Version by domain of operators")
        SortedMap<String, Long> operatorSets,

        @Schema(description = "Operators in use, in alphabetical order")
        List<String> operators,

        @Schema(description = "How many operators run, as the file has them")
        int nodes,

        @Schema(description = "Numbers in its constants") long parameters,

        @Schema(
                description =
                        "Whether the file said that it takes one number of samples only; it was found to take others")
        boolean fixedBatch) {

    public Findings {
        operatorSets = new TreeMap<>(operatorSets);
        operators = List.copyOf(operators);
    }
}
