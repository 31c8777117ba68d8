package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logistic loss reweighted inside the negative class. With n_k samples of class k in the batch, 𝒫 the classes present,
 * p = σ(z) and p̄_kj the mean of p_ij over the samples i of class k:
 *
 * <pre>
 * L = Σ_{j∈𝒫} (1/n_j) Σ_{i:y_i=j} −log p_ij  +  Σ_j Σ_{k∈𝒫,k≠j} w_kj (1/n_k) Σ_{i:y_i=k} −log(1 − p_ij)
 * w_kj = exp(β p̄_kj) / Σ_{l∈𝒫,l≠j} exp(β p̄_lj)
 * </pre>
 *
 * Every class counts alike, however many samples it has, and the classes most confused with class j weigh most among its
 * negatives. A class weight λ_k multiplies the loss terms of the samples of class k; p̄, and so w, are not weighted by it.
 * The logarithms are computed as softplus: the authors' {@code log(1 − p + 1e-7)} has no gradient at z ≥ 17.
 *
 * @param beta strength of the reweighting: 0 for none, towards only the most confused class as it grows
 * @param gradThroughWeights whether the weights w take part in the gradient
 * @param reduction how the terms of the classes are joined
 * @param statistics where the weights take p̄ from
 * @param emaDecay share of the old average that a running average keeps at each step in which the class is present
 * @param negativeMass what the negatives of a class weigh together
 */
@AutoService(LossFunction.class)
@Described(
        name = "lgl-inr",
        summary = "Logistic loss that counts every class alike and reweights the negatives of a class towards the"
                + " classes confused with it (LGL-INR): for imbalanced classes.",
        formula = "L = Σ_{j∈P} mean_{i∈j} −log p_ij + Σ_j Σ_{k∈P,k≠j} w_kj mean_{i∈k} −log(1 − p_ij),"
                + "  w_kj = exp(β p̄_kj) / Σ_{l∈P,l≠j} exp(β p̄_lj),  p = σ(z),  ÷ K with meanClasses",
        reference =
                "Li, Li, Pan, Zhu: On the Learning Property of Logistic and Softmax Losses for Deep Neural Networks,"
                        + " AAAI 2020 (LGL-INR); formula of the first author's published code, Dichoto/LGL-INR")
public record LglInr(
        @Parameter(value = "strength β of the reweighting among the negatives, 0 for none", min = 0, max = 1_000_000)
        double beta,

        @Parameter("whether the weights take part in the gradient; must be false with statistics ema")
        boolean gradThroughWeights,

        @Parameter(
                "meanClasses divides the sum over the classes by their number, sumClasses (the authors' form) does not")
        Reduction reduction,

        @Parameter("mean probabilities of this batch, or running averages (ema) for batches that miss classes")
        Statistics statistics,

        @Parameter(
                value = "share of the old running average kept per step, with statistics ema",
                min = 0,
                max = 1,
                exclusiveMax = true)
        double emaDecay,

        @Parameter("unit: the negatives of a class weigh as much as its positives; prior: as much as they are, so that"
                + " β = 0 is the plain logistic loss")
        NegativeMass negativeMass)
        implements LossFunction {

    private static final double DEFAULT_EMA_DECAY = 0.9;

    /** Where the weights take the mean probabilities p̄ from. */
    public enum Statistics {
        /** The batch, as in the authors' code. */
        BATCH,
        /** A running average per class, moved by each training batch that has the class and begun by the first. */
        EMA
    }

    /** What the terms of the classes weigh together. */
    public enum NegativeMass {
        /** Positive and negative terms of each class weigh 1 each, as in the paper. */
        UNIT,
        /**
         * With π_k the share of class k in the batch, the positive terms of class j weigh π_j, its negative terms 1 − π_j, and
         * {@code w_kj ∝ π_k exp(β p̄_kj)}. An extension of ours: β = 0 is the plain logistic loss, and probabilities keep the
         * natural prior.
         */
        PRIOR
    }

    public LglInr {
        if (statistics == Statistics.EMA && gradThroughWeights) {
            throw new InvalidDocument(
                    "/gradThroughWeights",
                    "must be false with statistics ema, whose running averages are constants; or set statistics to batch");
        }
        if (statistics == Statistics.BATCH && emaDecay != DEFAULT_EMA_DECAY) {
            throw new InvalidDocument("/emaDecay", "only goes with statistics ema");
        }
    }

    public LglInr() {
        this(1, true, Reduction.MEAN_CLASSES, Statistics.BATCH, DEFAULT_EMA_DECAY, NegativeMass.UNIT);
    }

    @Override
    public Objective bind(LossContext context) {
        return new Bound(this, context);
    }

    @Override
    public ServingTransform servingTransform() {
        return ServingTransform.SIGMOID;
    }

    @Override
    public StationaryCondition stationaryCondition() {
        return StationaryCondition.REWEIGHTED;
    }

    /**
     * Arrays that outlive a step are never the receiver of an operation: results attach to the receiver's manager, and would pile
     * up in the job's. Numbers are made once, since a number in an operation is copied to the device each time.
     */
    private static final class Bound implements Objective {

        private static final String MEAN_PROBABILITIES = "meanProbabilities";
        private static final String SEEN = "seen";

        private final LglInr loss;
        private final int classes;
        private final NDArray one;
        private final NDArray beta;
        private final NDArray emaDecay;
        private final NDArray divisor;
        /** Taken from the exponent of what must weigh nothing. */
        private final NDArray excluded;
        /** {@code [classes, classes]}: 1 off the diagonal, 0 on it. */
        private final NDArray others;
        /** {@code [classes, classes]}: running averages of p̄; the rows of classes not yet seen are 0. */
        private final NDArray running;
        /** {@code [classes, 1]}: 1 for classes that have a running average, else 0. */
        private final NDArray seen;

        Bound(LglInr loss, LossContext context) {
            this.loss = loss;
            classes = context.classes();
            var manager = context.manager();
            one = manager.create(1f);
            beta = manager.create(loss.beta);
            emaDecay = manager.create(loss.emaDecay);
            divisor = manager.create(loss.reduction == Reduction.MEAN_CLASSES ? (float) classes : 1f);
            excluded = manager.create(1e9f);
            others = manager.ones(new Shape(classes, classes));
            try (var diagonal = manager.eye(classes)) {
                others.subi(diagonal);
            }
            int averaged = loss.statistics == Statistics.EMA ? classes : 0;
            running = manager.zeros(new Shape(averaged, averaged));
            seen = manager.zeros(new Shape(averaged, 1));
        }

        @Override
        public NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights) {
            return evaluate(logits, labels, sampleWeights, true);
        }

        @Override
        public Objective measuring() {
            return (logits, labels, sampleWeights) -> evaluate(logits, labels, sampleWeights, false);
        }

        private NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights, boolean training) {
            return loss.statistics == Statistics.BATCH && logits.getShape().get(0) < classes
                    ? bySample(logits, labels, sampleWeights)
                    : byClass(logits, labels, sampleWeights, training);
        }

        /**
         * The same loss with a row for each sample in the place of a row for each class, for batches of fewer samples than there are
         * classes: no array is {@code [classes, classes]}. A sample of class k has the n_k-th part of the class's weight, so that with
         * the weights in one softmax over the samples {@code Σ_i exp(β p̄_{y_i j}) / n_{y_i}} is the sum over the classes present.
         */
        private NDArray bySample(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights) {
            boolean prior = loss.negativeMass == NegativeMass.PRIOR;
            var type = logits.getDataType();
            var label = labels.expandDims(1);
            var sameClass = label.eq(labels.expandDims(0)).toType(type, false);
            var counts = sameClass.sum(new int[] {1}, true);
            var probabilities = Activation.sigmoid(loss.gradThroughWeights ? logits : logits.stopGradient());
            var part = prior ? counts.zerosLike() : counts.log().neg();
            var parts = part.broadcast(logits.getShape()).scatter(label, part.sub(excluded), 1);
            var weights = sparse(sameClass.div(counts).mul(beta))
                    .matMul(probabilities)
                    .addi(parts)
                    .softmax(0);

            var negatives = weights.mul(Activation.softPlus(logits));
            var positives = Activation.softPlus(logits.gather(label, 1).neg());
            if (!prior) {
                positives = positives.div(counts);
            }
            if (sampleWeights != null) {
                var weight = sampleWeights.expandDims(1);
                negatives = negatives.mul(weight);
                positives = positives.mul(weight);
            }
            var shares = sameClass.mean(new int[] {1});
            // a class that is the whole batch has no negatives, whatever the softmax over none of them says
            var mass = (prior ? shares : shares.floor()).neg().add(one);
            var masses = logits.getManager().ones(new Shape(classes), type).scatter(labels, mass, 0);
            // with prior mass a positive term weighs (n_k / B) · (1 / n_k)
            return (prior ? positives.mean() : positives.sum())
                    .add(negatives.sum(new int[] {0}).mul(masses).sum())
                    .div(divisor);
        }

        /**
         * Most classes have a sample or two in such a batch, and the product over what is not 0 takes a tenth of the time of the whole one.
         * Not on a GPU, where counting what is not 0 would wait for the device.
         */
        private static NDArray sparse(NDArray averaging) {
            return averaging.getDevice().isGpu() ? averaging : averaging.toSparse(SparseFormat.COO);
        }

        private NDArray byClass(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights, boolean training) {
            var targets = labels.oneHot(classes, logits.getDataType());
            var counts = targets.sum(new int[] {0});
            var averaging = targets.div(counts.maximum(one)); // column k averages over the samples of class k

            var probabilities = Activation.sigmoid(loss.gradThroughWeights ? logits : logits.stopGradient());
            var means = averaging.transpose().matMul(probabilities);
            var present = counts.minimum(one).expandDims(1);
            if (loss.statistics == Statistics.EMA) {
                means = runningMeans(means, present, training);
            }
            var weights = weights(means, present, counts);

            if (sampleWeights != null) {
                averaging = averaging.mul(sampleWeights.expandDims(1));
            }
            var negatives = averaging.transpose().matMul(Activation.softPlus(logits));
            if (loss.negativeMass == NegativeMass.PRIOR) {
                var shares = counts.div(counts.sum());
                averaging = averaging.mul(shares);
                negatives = negatives.mul(shares.neg().add(one));
            }
            var target = labels.expandDims(1);
            var positives = Activation.softPlus(logits.gather(target, 1).neg()).mul(averaging.gather(target, 1));
            return positives.sum().add(weights.mul(negatives).sum()).div(divisor);
        }

        /** The weights w {@code [classes, classes]}: columns sum to 1 over the classes present but their own, or are all 0. */
        private NDArray weights(NDArray means, NDArray present, NDArray counts) {
            var valid = present.mul(others);
            var exponents = means.mul(beta).add(valid.sub(one).mul(excluded));
            if (loss.negativeMass == NegativeMass.PRIOR) {
                exponents = exponents.add(counts.maximum(one).log().expandDims(1));
            }
            return exponents.softmax(0).mul(valid);
        }

        /**
         * The running averages with this batch in them. Measuring takes them as they are and leaves them so; a class that training
         * has not seen then takes the mean of the batch measured.
         */
        private NDArray runningMeans(NDArray batchMeans, NDArray present, boolean training) {
            var known = present.mul(seen);
            var gain = present.sub(training ? known.mul(emaDecay) : known);
            var change = batchMeans.sub(running).mul(gain);
            var means = change.add(running);
            if (training) {
                running.addi(change);
                seen.addi(present.sub(known));
            }
            return means;
        }

        @Override
        public Map<String, NDArray> state() {
            return loss.statistics == Statistics.EMA ? Map.of(MEAN_PROBABILITIES, running, SEEN, seen) : Map.of();
        }

        @Override
        public void restore(Map<String, NDArray> state) {
            SavedArrays.restore(state(), state);
        }
    }
}
