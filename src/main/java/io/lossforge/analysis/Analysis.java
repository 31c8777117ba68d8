package io.lossforge.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The learning-property analysis of one split: what the condition "the gradient of the last bias is 0" says about the network's averaged
 * probabilities (Li, Li, Pan, Zhu, AAAI 2020). With Q_kj the mean probability of class j over the samples of class k, λ_k the weight of class
 * k, N_k the samples of class k that an epoch of training draws, m_k = λ_k N_k and m their sum. Classes that the split has no samples of have
 * rows of zeros and no part in any mean.
 */
public record Analysis(
        @JsonPropertyDescription("train, validation or test")
        String split,

        @JsonPropertyDescription("Samples of the split") long samples,

        @JsonPropertyDescription(
                "How many of them the numbers are from: fewer, the same part of each class, when samples × classes is above 4,194,304")
        int samplesAnalysed,

        @JsonPropertyDescription(
                "What a minimum of the loss must satisfy: WEIGHTED_COUNTS, REWEIGHTED, MEAN_GRADIENT, or NOT_APPLICABLE without a free last bias")
        Condition condition,

        @JsonPropertyDescription("ε of smoothed labels, 0 for none")
        double labelSmoothing,

        @JsonPropertyDescription("The classes, in the order of rows and columns of every matrix")
        List<ClassShare> classes,

        @JsonPropertyDescription(
                "Q: mean probability of each class over the samples of each true class, as training sees it")
        ClassMatrix trainingProbabilities,

        @JsonPropertyDescription("The same of the probabilities that are served; null where they are those of training")
        @Nullable ClassMatrix servedProbabilities,

        @JsonPropertyDescription("How far the condition is from being met")
        FirstOrder firstOrder,

        @JsonPropertyDescription("Per class, errors on its own samples against errors on those of other classes")
        List<TradeOff> tradeOff,

        @JsonPropertyDescription(
                "With two classes under the softmax or logistic loss: what the weights decide; else null")
        @Nullable BinaryLaw binaryLaw,

        @JsonPropertyDescription("Whether a class is taken for by few classes or evenly by all")
        MultiModality multiModality,

        @JsonPropertyDescription("What the condition leaves open; null where it is not about Q") @Nullable Indeterminacy indeterminacy,

        @JsonPropertyDescription("The weights of LGL-INR; null for other losses") @Nullable Reweighting reweighting) {

    /** What a minimum of the loss must satisfy. */
    public enum Condition {
        /** m_j(1 − Q_jj) = Σ_{k≠j} m_k Q_kj, and ε(m_j − m/K) more with targets smoothed by ε: softmax and logistic loss. */
        WEIGHTED_COUNTS,
        /** λ_j(1 − Q_jj) = Σ_{k≠j} w_kj λ_k Q_kj + covariance: LGL-INR. */
        REWEIGHTED,
        /** Only that the mean gradient of each logit is 0. */
        MEAN_GRADIENT,
        /** There is no free last bias. */
        NOT_APPLICABLE
    }

    /** How well the condition is met: by the largest relative residual. */
    public enum Verdict {
        /** Below 0.02. */
        STATIONARY,
        /** Below 0.1. */
        NEAR,
        /** 0.1 or more: trained too shortly, stopped early, or a last bias that is not free. */
        NOT_CONVERGED;

        static Verdict of(double residual) {
            return residual < 0.02 ? STATIONARY : residual < 0.1 ? NEAR : NOT_CONVERGED;
        }
    }

    /** A class and its part in training. */
    public record ClassShare(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("Samples of it among those analysed")
            long samples,

            @JsonPropertyDescription("Samples of it in the training split")
            long trained,

            @JsonPropertyDescription("λ: its class weight in the epoch whose weights the model has")
            double weight,

            @JsonPropertyDescription("N: samples of it that this epoch drew for training")
            long drawn,

            @JsonPropertyDescription("π = λN / Σ λN: its part of the training loss")
            double share,

            @JsonPropertyDescription("Part of this epoch's batches that held the class")
            double presence) {}

    /** Part 2: residuals. */
    public record FirstOrder(
            @JsonPropertyDescription(
                    "STATIONARY below 0.02, NEAR below 0.1, else NOT_CONVERGED; null for a split not trained on, and where not applicable")
            @Nullable Verdict verdict,

            @JsonPropertyDescription(
                    "What the verdict is from: the largest relative residual of a class; null where not applicable")
            @Nullable Double largestRelativeResidual,

            @JsonPropertyDescription("The residuals of each class")
            List<Residual> perClass,

            @JsonPropertyDescription(
                    "G: mean gradient of the loss by the logit of each class over the samples of each true class")
            ClassMatrix gradients) {}

    /** How far one class is from the condition. */
    public record Residual(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription(
                    "r: left side minus right side of the condition, over the sum of m (LGL-INR: as it is); above 0 the class's bias wants to rise; null where the condition is not about Q")
            @Nullable Double residual,

            @JsonPropertyDescription("ρ: |r| over the sum of the sizes of the terms, 0 to 1; null likewise") @Nullable Double relativeResidual,

            @JsonPropertyDescription("g: gradient of the loss by the last bias, by automatic differentiation")
            double gradient,

            @JsonPropertyDescription("|g| over the sum of the sizes of the samples' gradients, 0 to 1")
            double relativeGradient,

            @JsonPropertyDescription("The last bias; null where there is none") @Nullable Double bias,

            @JsonPropertyDescription(
                    "−μb: the part of the residual that weight decay μ of the last bias explains; 0 as this bias is not decayed")
            double explainedByWeightDecay) {}

    /** Part 3: what the weights trade. */
    public record TradeOff(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("1 − Q_jj: mean probability that its own samples lack")
            double shortfall,

            @JsonPropertyDescription(
                    "Mean probability of the class on samples of the others, weighted as the condition weights them; plain where it does not")
            double nonTargetMean,

            @JsonPropertyDescription("The same with every other class counted alike")
            double plainNonTargetMean,

            @JsonPropertyDescription("shortfall / nonTargetMean; null when that is 0") @Nullable Double observedRatio,

            @JsonPropertyDescription(
                    "What the condition says the ratio is; null where it says nothing. LGL-INR: with the covariance as measured")
            @Nullable Double predictedRatio) {}

    /** Part 3, two classes: the ratio of the two mean errors is fixed by the weights. */
    public record BinaryLaw(
            @JsonPropertyDescription("The class that 1 − p stands for")
            String negativeClass,

            @JsonPropertyDescription("The class that p stands for")
            String positiveClass,

            @JsonPropertyDescription(
                    "Mean error on positives over mean error on negatives, (1 − p̄₁) / p̄₀; null when that is 0")
            @Nullable Double observedRatio,

            @JsonPropertyDescription("What it is at a minimum: λ₀N₀ / (λ₁N₁)")
            double predictedRatio,

            @JsonPropertyDescription("Which λ₁/λ₀ gives which ratio: N₀ / (N₁ r)")
            List<WeightRatio> weightRatios) {}

    /** A ratio of errors, and the ratio of weights that gives it. */
    public record WeightRatio(
            @JsonPropertyDescription("r: error on positives over error on negatives")
            double errorRatio,

            @JsonPropertyDescription("λ₁/λ₀, weight of the positive class over that of the negative")
            double weightRatio) {}

    /** Part 4: the gap between the class most taken for another and the average one. */
    public record MultiModality(
            @JsonPropertyDescription("Mean of the classes' gaps: compare it within one family of losses only")
            double meanGap,

            @JsonPropertyDescription("Largest of them") double largestGap,

            @JsonPropertyDescription(
                    "Mean of the classes' relative gaps: comparable across losses; null when none is defined")
            @Nullable Double meanRelativeGap,

            @JsonPropertyDescription("Mean of the classes' effective numbers of modes; null when none is defined")
            @Nullable Double meanEffectiveModes,

            @JsonPropertyDescription("The gap of each class")
            List<Modes> perClass) {}

    /** Who is taken for one class. */
    public record Modes(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("Largest minus mean probability of it over the other classes")
            double gap,

            @JsonPropertyDescription("Largest over mean, 1 to K − 1; null when both are 0") @Nullable Double relativeGap,

            @JsonPropertyDescription(
                    "exp of the entropy of how its probability is spread over the other classes: 1 is one confuser, K − 1 all alike; null when there is none")
            @Nullable Double effectiveModes,

            @JsonPropertyDescription(
                    "The other class whose samples get most of its probability; null when there is none")
            @Nullable String hardestNonTarget,

            @JsonPropertyDescription("Mean probability of it on that class's samples")
            double hardestProbability) {}

    /** Part 5: what the weights can't decide. */
    public record Indeterminacy(
            @JsonPropertyDescription(
                    "Entries of Q that the condition leaves free: (K − 1)² with a softmax, K(K − 1) one-vs-all")
            long degreesOfFreedom,

            @JsonPropertyDescription(
                    "½ Σ |F_kj − F_jk| / Σ F_kj of the flows F_kj = m_k Q_kj, k ≠ j: 0 for two classes at a minimum; above, a circulation that no weight controls. Null when nothing flows or F is not of the condition")
            @Nullable Double detailedBalanceDefect,

            @JsonPropertyDescription(
                    "½ Σ_j |(πᵀQ)_j − π_j|: 0 when π is a stationary distribution of Q, as at a minimum; null one-vs-all")
            @Nullable Double stationaryDistance) {}

    /** Part 6: LGL-INR. */
    public record Reweighting(
            @JsonPropertyDescription("β") double beta,

            @JsonPropertyDescription("Whether the weights take part in the gradient")
            boolean gradThroughWeights,

            @JsonPropertyDescription("W: weight of each true class (row) among the negatives of each class (column)")
            ClassMatrix weights,

            @JsonPropertyDescription("The columns of W in short")
            List<WeightColumn> perClass) {}

    /** How the negatives of one class are weighted. */
    public record WeightColumn(
            @JsonProperty("class") @JsonPropertyDescription("Its name")
            String className,

            @JsonPropertyDescription("Entropy of its column, in nats; ln(K − 1) is even")
            double entropy,

            @JsonPropertyDescription("The class that weighs most among its negatives; null when there is none")
            @Nullable String heaviest,

            @JsonPropertyDescription("That weight") double largestWeight,

            @JsonPropertyDescription(
                    "β·Cov_w(D, ℓ̄), what the gradient through the weights adds to the condition; 0 without")
            double covariance) {}
}
