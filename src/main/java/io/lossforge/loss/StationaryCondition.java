package io.lossforge.loss;

/**
 * What must hold at a minimum because the gradient of a free last bias is 0. With N_k samples and weight λ_k of class k, p̄_kj the mean over
 * the samples of class k of the probability of class j that training sees: of {@link Objective#trainingLogits}, not of what is served.
 */
public enum StationaryCondition {

    /** {@code λ_j N_j (1 − p̄_jj) = Σ_{k≠j} λ_k N_k p̄_kj} for each class j: the softmax and the logistic loss, and softmax losses on adjusted logits. */
    WEIGHTED_COUNTS,

    /**
     * {@code 1 − p̄_jj = Σ_{k≠j} w_kj p̄_kj}, with weights w that follow from p̄, and a covariance more if they take part in the gradient:
     * LGL-INR.
     */
    REWEIGHTED,

    /** That the mean gradient of each logit is 0, which says nothing simple about the probabilities. */
    MEAN_GRADIENT,

    /** Nothing: the last layer has no bias. */
    NONE
}
