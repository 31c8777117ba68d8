package io.lossforge.training;

import ai.djl.ndarray.types.Shape;
import io.lossforge.architecture.Architecture;
import io.lossforge.architecture.Network;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.loss.ClassWeights;
import io.lossforge.loss.Head;
import io.lossforge.loss.LogitAdjustment;
import io.lossforge.loss.LossContext;
import io.lossforge.loss.LossFunction;
import io.lossforge.loss.Objective;
import io.lossforge.loss.SoftTargets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a training job is: with the same specification, dataset version and device kind a job can be repeated exactly.
 *
 * @param name for people; null for {@code <dataset>-<loss>}
 * @param dataset {@code name} or {@code name:version}
 * @param model registers the result as the next version of this model; null for the name of the dataset
 * @param initialModel weights that training starts from: {@code name}, {@code name@alias} or {@code name:version} of a model of the same
 *     architecture; null to start with new ones
 * @param deadline time from submission after which the job fails; null for none
 */
public record TrainingSpec(
        @Parameter(
                value = "name for people; <dataset>-<loss> when absent",
                maxLength = 120,
                pattern = "[\\p{L}\\p{N}][\\p{L}\\p{N} ._+:@/()-]*")
        @Nullable String name,

        @Parameter(
                value = "name or name:version of a registered dataset",
                required = true,
                maxLength = 80,
                pattern = "[a-z0-9][a-z0-9._-]{0,62}(:[1-9][0-9]{0,8})?")
        String dataset,

        @Parameter(
                value = "model that the result becomes a version of; the dataset's name when absent",
                maxLength = 63,
                pattern = "[a-z0-9][a-z0-9._-]{0,62}")
        @Nullable String model,

        @Parameter(
                value =
                        "name, name@alias or name:version of a model whose weights training starts from; null for new ones",
                maxLength = 127,
                pattern = "[a-z0-9][a-z0-9._-]{0,62}(@[a-z0-9][a-z0-9._-]{0,62}|:[1-9][0-9]{0,8})?")
        @Nullable String initialModel,

        @Parameter("whether only the last layer is trained, and the others stay as in the initial model")
        boolean lastLayerOnly,

        @Parameter("network to train") Architecture architecture,
        @Parameter("training loss") LossFunction loss,
        @Parameter("weights of the classes") ClassWeights classWeights,

        @Parameter(
                value = "ε: the target of a sample is 1 − ε + ε/classes for its class and ε/classes for the others",
                min = 0,
                max = 1,
                exclusiveMax = true)
        double labelSmoothing,

        @Parameter("takes the class prior out of the probabilities served; null to leave them") @Nullable LogitAdjustment logitAdjustment,

        @Parameter("optimizer") Optimizer optimizer,
        @Parameter("learning-rate schedule") Schedule schedule,

        @Parameter(value = "passes over the training split", min = 1, max = 100_000)
        int epochs,

        @Parameter(value = "samples per step", min = 1, max = 65_536)
        int batchSize,

        @Parameter("order in which samples are drawn") Sampler sampler,

        @Parameter(value = "random changes to training images, in this order", maxItems = 16)
        List<Augmentation> augmentations,

        @Parameter(value = "part of the training split held out, stratified by class", min = 0, max = 0.9)
        double validationFraction,

        @Parameter("ends training when validation no longer improves; null for never") @Nullable EarlyStopping earlyStopping,

        @Parameter("makes the training split imbalanced; null to leave it") @Nullable Imbalance imbalance,

        @Parameter(
                value = "norm to which the gradient of all parameters is clipped; null for no clipping",
                min = 0,
                exclusiveMin = true)
        @Nullable Double clipGradientNorm,

        @Parameter("running average of the weights, which is what is validated and served; null for none") @Nullable WeightAveraging weightAveraging,

        @Parameter(
                value = "seed of splits, initial weights, order and augmentation",
                min = 0,
                max = 9.007199254740991E15)
        long seed,

        @Parameter(
                value =
                        "seed of imbalance and of the validation part, to train on the same samples under several seeds; null"
                                + " for seed",
                min = 0,
                max = 9.007199254740991E15)
        @Nullable Long dataSeed,

        @Parameter("what every class should reach when predictions are decided by thresholds; null for no thresholds")
        @Nullable DecisionTarget decision,

        @Parameter("device") Resources resources,

        @Parameter(value = "higher runs first", min = -1000, max = 1000)
        int priority,

        @Parameter("whether a job of higher priority may take its slot; it goes on from a checkpoint later")
        boolean preemptible,

        @Parameter(value = "attempts before an infrastructure failure is final", min = 1, max = 100)
        int maxAttempts,

        @Parameter(
                value = "time from submission after which the job fails, at most a year; null for none",
                max = 31_536_000)
        @Nullable Duration deadline) {

    public TrainingSpec {
        augmentations = List.copyOf(augmentations);
        if (earlyStopping != null && validationFraction == 0) {
            throw new InvalidDocument("/earlyStopping", "needs a validation split: set validationFraction above 0");
        }
        if (decision != null && validationFraction == 0) {
            throw new InvalidDocument(
                    "/decision", "needs a validation split to fit thresholds on: set validationFraction above 0");
        }
        if (lastLayerOnly && initialModel == null) {
            throw new InvalidDocument(
                    "/lastLayerOnly", "needs an initialModel: new layers that stay as they are have learnt nothing");
        }
        if (labelSmoothing > 0 && !(loss instanceof SoftTargets)) {
            throw new InvalidDocument(
                    "/labelSmoothing",
                    "must be 0 with the loss %s; it goes with %s"
                            .formatted(Catalogue.nameOf(loss), String.join(", ", lossesWithSoftTargets())));
        }
    }

    public TrainingSpec() {
        this(
                null,
                "",
                null,
                null,
                false,
                Catalogues.ARCHITECTURES.create("mlp"),
                Catalogues.LOSSES.create("softmax"),
                new ClassWeights(),
                0,
                null,
                Catalogues.OPTIMIZERS.create("adam"),
                Catalogues.SCHEDULES.create("cosine"),
                20,
                64,
                Catalogues.SAMPLERS.create("shuffle"),
                List.of(),
                0.1,
                null,
                null,
                null,
                null,
                1,
                null,
                null,
                new Resources(),
                0,
                false,
                3,
                null);
    }

    /** The loss, with label smoothing, made ready for one job. */
    Objective objective(LossContext context) {
        return labelSmoothing > 0 && loss instanceof SoftTargets smoothable
                ? smoothable.bindSmoothed(context, labelSmoothing)
                : loss.bind(context);
    }

    /** The seed of what decides which samples are trained on. */
    long seedOfData() {
        return dataSeed == null ? seed : dataSeed;
    }

    private static List<String> lossesWithSoftTargets() {
        return Catalogues.LOSSES.names().stream()
                .filter(name -> Catalogues.LOSSES.create(name) instanceof SoftTargets)
                .toList();
    }

    /**
     * The network of the architecture, with the head that the loss needs.
     *
     * @param input shape of one sample
     * @throws IllegalArgumentException if the architecture can't take such input
     */
    Network network(Shape input, int classes) {
        var network = architecture.network(input, classes);
        return loss.head() instanceof Head.Cosine cosine ? network.withCosineHead(cosine.scale()) : network;
    }
}
