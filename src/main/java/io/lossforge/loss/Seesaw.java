package io.lossforge.loss;

import ai.djl.ndarray.NDArray;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The seesaw loss: cross entropy of {@code z_j + log M_yj + log C_ij}. The mitigation {@code M_yj = min(1, n_j / n_y)^p} spares rarer classes, n being counted as
 * training goes; the compensation {@code C_ij = max(1, p_j / max(p_y, ε))^q} brings back what is confused. Both are constants in the gradient. Classes not seen yet
 * count as one sample. The counts are saved with checkpoints; measuring leaves them as they are.
 *
 * @param p exponent of the mitigation
 * @param q exponent of the compensation
 * @param epsilon least probability that the compensation divides by
 */
@AutoService(LossFunction.class)
@Described(
        name = "seesaw",
        summary = "Cross entropy that punishes rare classes less for being confused with frequent ones, from"
                + " counts it keeps as it trains:"
                + " no class counts needed before.",
        formula = "L = mean_i −λ_{y_i} log softmax(z_i + log M_{y_i} + log C_i)_{y_i},  M_yj = min(1, n_j/n_y)^p,"
                + "  C_ij = max(1, p_ij / max(p_{i,y_i}, ε))^q,  p_i = softmax(z_i)",
        reference =
                "Wang et al.: Seesaw Loss for Long-Tailed Instance Segmentation, CVPR 2021; defaults as in MMPretrain")
public record Seesaw(
        @Parameter(value = "exponent p of the mitigation by class frequency, 0 for none", min = 0, max = 100)
        double p,

        @Parameter(value = "exponent q of the compensation by confusion, 0 for none", min = 0, max = 100)
        double q,

        @Parameter(
                value = "least probability ε that the compensation divides by",
                min = 0,
                max = 1,
                exclusiveMin = true)
        double epsilon)
        implements AdjustingLoss {

    public Seesaw() {
        this(0.8, 2, 0.01);
    }

    @Override
    public Objective bind(LossContext context) {
        return new Bound(this, context);
    }

    private static final class Bound implements Objective {

        private static final String COUNTS = "classCounts";

        private final int classes;
        private final NDArray zero;
        private final NDArray one;
        private final NDArray mitigation;
        private final NDArray compensation;
        private final NDArray leastLog;
        /** {@code [classes]}: samples seen in training. */
        private final NDArray counts;

        Bound(Seesaw loss, LossContext context) {
            classes = context.classes();
            zero = context.constant(0);
            one = context.constant(1);
            mitigation = context.constant(loss.p);
            compensation = context.constant(loss.q);
            leastLog = context.constant(Math.log(loss.epsilon));
            counts = context.constants(new double[classes]);
        }

        @Override
        public NDArray evaluate(NDArray logits, NDArray labels, @Nullable NDArray sampleWeights) {
            var batch = labels.oneHot(classes).sum(new int[] {0});
            counts.addi(batch);
            return measuring().evaluate(logits, labels, sampleWeights);
        }

        @Override
        public Objective measuring() {
            return new AdjustedSoftmax(this::trainingLogits);
        }

        @Override
        public NDArray trainingLogits(NDArray logits, NDArray labels) {
            var targets = labels.oneHot(classes, logits.getDataType());
            // the counts are no receiver: what they gave would be kept with them
            var logCounts = targets.sum(new int[] {0})
                    .mul(zero)
                    .add(counts)
                    .maximum(one)
                    .log();
            var own = targets.mul(logCounts).sum(new int[] {1}, true);
            var rarer = logCounts.sub(own).minimum(zero).mul(mitigation);
            var logs = logits.stopGradient().logSoftmax(1);
            var least = logs.gather(labels.expandDims(1), 1).maximum(leastLog);
            var confused = logs.sub(least).maximum(zero).mul(compensation);
            return logits.add(rarer).add(confused);
        }

        @Override
        public Map<String, NDArray> state() {
            return Map.of(COUNTS, counts);
        }

        @Override
        public void restore(Map<String, NDArray> state) {
            SavedArrays.restore(state(), state);
        }
    }
}
