package io.lossforge.job;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the interface's document shows a {@link io.lossforge.training.TrainingSpec}: what is submitted, and, with every default filled
 * in, what a job answers with.
 */
@Schema(description = "All that a training job is. Only dataset is required; every default is echoed in the answer.")
public record JobSubmission(
        @Schema(description = "Name for people; <dataset>-<loss> when absent", maxLength = 120) @Nullable String name,

        @Schema(
                description = "name or name:version of a registered dataset; the newest version when none is given",
                requiredMode = RequiredMode.REQUIRED,
                example = "digits")
        String dataset,

        @Schema(
                description = "Model that the result becomes a version of; the dataset's name when absent",
                maxLength = 63)
        @Nullable String model,

        @Schema(
                description =
                        "Model whose weights training starts from: name, name@alias or name:version, which the answer shows as the version"
                                + " that it meant. Of the same architecture, which may be left out then, and the same input; a"
                                + " last layer of other classes starts anew. New weights when absent",
                maxLength = 127,
                example = "digits@production")
        @Nullable String initialModel,

        @Schema(
                description =
                        "Whether only the last layer is trained, and the others stay as in the initial model, running statistics included:"
                                + " with a sampler or a loss for rare classes the second stage of decoupled training",
                defaultValue = "false")
        @Nullable Boolean lastLayerOnly,

        @Schema(description = "Network to train, see /architectures; mlp when absent") @Nullable NamedChoice architecture,

        @Schema(description = "Training loss, see /losses; softmax when absent") @Nullable NamedChoice loss,

        @Nullable ClassWeighting classWeights,

        @Schema(
                description =
                        "Epsilon: the target of a sample is 1 - epsilon + epsilon / classes for its class and epsilon / classes for the others;"
                                + " 0 with losses that take no soft targets",
                defaultValue = "0",
                minimum = "0",
                exclusiveMaximumValue = 1)
        @Nullable Double labelSmoothing,

        @Nullable LogitAdjusting logitAdjustment,

        @Schema(description = "Optimizer, see /optimizers; adam when absent") @Nullable NamedChoice optimizer,

        @Schema(description = "Learning-rate schedule, see /schedules; cosine when absent") @Nullable NamedChoice schedule,

        @Schema(description = "Passes over the training split", defaultValue = "20", minimum = "1", maximum = "100000")
        @Nullable Integer epochs,

        @Schema(description = "Samples per step", defaultValue = "64", minimum = "1", maximum = "65536") @Nullable Integer batchSize,

        @Schema(description = "Order in which samples are drawn, see /samplers; shuffle when absent") @Nullable NamedChoice sampler,

        @Schema(description = "Random changes to training images, in this order, see /augmentations; none when absent")
        @Nullable List<NamedChoice> augmentations,

        @Schema(
                description = "Part of the training split held out, stratified by class",
                defaultValue = "0.1",
                minimum = "0",
                maximum = "0.9")
        @Nullable Double validationFraction,

        @Nullable EarlyStop earlyStopping,

        @Nullable LongTail imbalance,

        @Schema(
                description = "Norm to which the gradient of all parameters is clipped; no clipping when absent",
                exclusiveMinimumValue = 0)
        @Nullable Double clipGradientNorm,

        @Nullable Averaging weightAveraging,

        @Schema(
                description = "Seed of splits, initial weights, order and augmentation",
                defaultValue = "1",
                minimum = "0",
                maximum = "9007199254740991")
        @Nullable Long seed,

        @Schema(
                description =
                        "Seed of imbalance and of the validation part, to train on the same samples under several seeds; seed when absent",
                minimum = "0",
                maximum = "9007199254740991")
        @Nullable Long dataSeed,

        @Schema(
                description =
                        "What every class should reach when predictions are decided by thresholds, see /decisions: they are fitted on validation"
                                + " and stored with the version; no thresholds when absent")
        @Nullable NamedChoice decision,

        @Nullable Devices resources,

        @Schema(
                description =
                        "Higher runs first; a job that has waited for lossforge.jobs.ageing longer counts as one priority more",
                defaultValue = "0",
                minimum = "-1000",
                maximum = "1000")
        @Nullable Integer priority,

        @Schema(
                description =
                        "Whether a job of higher priority may take its slot when none is free; it goes on from a checkpoint later, and"
                                + " the attempt does not count",
                defaultValue = "false")
        @Nullable Boolean preemptible,

        @Schema(
                description = "Attempts before an infrastructure failure is final",
                defaultValue = "3",
                minimum = "1",
                maximum = "100")
        @Nullable Integer maxAttempts,

        @Schema(
                description = "ISO 8601 duration from submission after which the job fails; none when absent",
                example = "PT2H")
        @Nullable String deadline) {

    /** An entry of a catalogue with its parameters. */
    @Schema(description = "An entry of a catalogue; parameters that are not given take the entry's defaults")
    public record NamedChoice(
            @Schema(requiredMode = RequiredMode.REQUIRED) String name,

            @Nullable Map<String, Object> parameters) {}

    /** Weights of the classes. */
    @Schema(description = "Weights of the classes, over any loss")
    public record ClassWeighting(
            @Schema(
                    description = "How the weights follow from the class counts",
                    defaultValue = "none",
                    allowableValues = {"none", "inverse", "sqrtInverse", "effectiveNumber", "explicit"})
            @Nullable String scheme,

            @Schema(
                    description = "Beta of effectiveNumber",
                    defaultValue = "0.9999",
                    minimum = "0",
                    exclusiveMaximumValue = 1)
            @Nullable Double beta,

            @Schema(description = "Weights of explicit, one per class") @Nullable List<Double> values,

            @Schema(description = "First epoch in which the weights act", defaultValue = "1", minimum = "1") @Nullable Integer startEpoch) {}

    /** Logit adjustment of what is served. */
    @Schema(
            description =
                    "Takes the class prior out of the probabilities served: softmax(z - tau log prior), for losses that"
                            + " serve softmax and do not adjust logits themselves; left as they are when absent")
    record LogitAdjusting(
            @Schema(
                    description = "Share of the log prior that is taken out",
                    defaultValue = "1",
                    exclusiveMinimumValue = 0,
                    maximum = "100")
            @Nullable Double tau) {}

    /** Early stopping. */
    @Schema(
            description =
                    "Ends training when validation no longer improves, and keeps the best epoch; never when absent")
    public record EarlyStop(
            @Schema(
                    description = "Validation metric watched",
                    defaultValue = "balancedAccuracy",
                    allowableValues = {"loss", "accuracy", "balancedAccuracy", "macroF1", "worstClassRecall"})
            @Nullable String metric,

            @Schema(description = "Epochs without improvement that are waited for", defaultValue = "5", minimum = "1")
            @Nullable Integer patience) {}

    /** A running average of the weights. */
    @Schema(
            description =
                    "Keeps an exponential moving average of the weights, which is what is validated, evaluated and served; none when absent")
    record Averaging(
            @Schema(
                    description = "Share of the old average that a step keeps",
                    defaultValue = "0.999",
                    minimum = "0",
                    exclusiveMaximumValue = 1)
            @Nullable Double decay,

            @Schema(
                    description = "Whether step t, counted from 1, keeps at most (1 + t) / (10 + t)",
                    defaultValue = "true")
            @Nullable Boolean warmup) {}

    /** A training split made imbalanced. */
    @Schema(description = "Makes the training split imbalanced by leaving samples out; left as it is when absent")
    public record LongTail(
            @Schema(
                    description =
                            "Shape of the class counts: they fall by the same factor from class to class, or in one step, or are given",
                    defaultValue = "exponential",
                    allowableValues = {"exponential", "step", "explicit"})
            @Nullable String profile,

            @Schema(
                    description = "Largest class count divided by the smallest, of exponential and step",
                    defaultValue = "100",
                    minimum = "1",
                    maximum = "100000")
            @Nullable Double ratio,

            @Schema(
                    description = "Part of the classes that is rare, of step",
                    defaultValue = "0.5",
                    exclusiveMinimumValue = 0,
                    exclusiveMaximumValue = 1)
            @Nullable Double minorityFraction,

            @Schema(
                    description =
                            "Samples to keep of each class, of explicit, in the order of the dataset's classes where rotate is 0")
            @Nullable List<Integer> counts,

            @Schema(
                    description =
                            "Samples of the most frequent class, of exponential and step; all of the largest class when absent",
                    minimum = "1")
            @Nullable Integer mostSamples,

            @Schema(
                    description =
                            "Which class is the most frequent, counted from 0; those after it follow in rank, then the first ones",
                    defaultValue = "0",
                    minimum = "0")
            @Nullable Integer rotate) {}

    /** What a job needs of a worker. */
    @Schema(description = "What the job needs of a worker")
    public record Devices(
            @Schema(
                    description = "Kind of device",
                    defaultValue = "any",
                    allowableValues = {"any", "cpu", "gpu"})
            @Nullable String device,

            @Schema(description = "Number of devices", defaultValue = "1", minimum = "1", maximum = "1") @Nullable Integer count,

            @Schema(
                    description =
                            "Labels that the worker must have, all of them, such as a100 or memory=80g: lossforge.worker.labels says which a worker"
                                    + " has; none when absent")
            @Nullable List<String> labels) {}
}
