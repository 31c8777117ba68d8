package io.lossforge.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/**
 * What other class weights would do, without training: the last bias is solved for on the training samples' logits, everything before it
 * frozen. What training with the weights would do to the features is not in it.
 */
public record WeightPreview(
        @JsonPropertyDescription("The classes, in the order of rows and columns of every matrix")
        List<ShiftedClass> classes,

        @JsonPropertyDescription("What is predicted for each split")
        List<SplitPreview> splits,

        @JsonPropertyDescription("How long it took to solve for the bias")
        double milliseconds) {

    /** A class, and what becomes of its bias. */
    public record ShiftedClass(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("Its weight in the job")
            double weight,

            @JsonPropertyDescription("Its weight asked about")
            double newWeight,

            @JsonPropertyDescription("By how much the new weights move its last bias")
            double biasChange) {}

    /** One split. */
    public record SplitPreview(
            @JsonPropertyDescription("train, validation or test")
            String split,

            @JsonPropertyDescription("Samples that the numbers are from")
            int samples,

            @JsonPropertyDescription("The network as it is") Predicted before,

            @JsonPropertyDescription(
                    "With the last bias solved for under the job's own weights: differs from before as far as training was not at its minimum")
            Predicted settled,

            @JsonPropertyDescription("With the last bias solved for under the new weights")
            Predicted after) {}

    /** How a split would be classified. */
    public record Predicted(
            @JsonPropertyDescription("Q: mean probability of each class over the samples of each true class")
            ClassMatrix probabilities,

            @JsonPropertyDescription("Part of each class's samples found; 0 for a class without samples")
            double[] recall,

            @JsonPropertyDescription("Mean recall over the classes that have samples")
            double balancedAccuracy,

            @JsonPropertyDescription("Part of all samples classified rightly")
            double accuracy) {}
}
