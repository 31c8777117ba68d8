package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;

/**
 * The label-distribution-aware margin loss: {@code CE(s·(c − m_y t), y)} with c the cosines of a normalised last layer, t one-hot, s the scale and
 * {@code m_k = maxMargin · n_k^(−1/4) / max_l n_l^(−1/4)}. The logits are s·c; the margin acts in training only. Deferred weights, the DRW of the paper, are
 * {@code classWeights} with {@code effectiveNumber} and a {@code startEpoch}.
 *
 * @param maxMargin margin of the rarest class
 * @param scale s, the largest logit there can be
 */
@AutoService(LossFunction.class)
@Described(
        name = "ldam",
        summary = "Cross entropy of scaled cosines with a larger margin for rarer classes; replaces the last"
                + " layer by a normalised one"
                + " without bias. Meant to go with deferred class weights.",
        formula = "L = mean_i −λ_{y_i} log softmax(z_i − s m_{y_i} e_{y_i})_{y_i},  z = s·cos,  m_k = maxMargin ·"
                + " n_k^(−1/4) / max_l n_l^(−1/4)",
        reference = "Cao, Wei, Gaidon, Arechiga, Ma: Learning Imbalanced Datasets with Label-Distribution-Aware"
                + " Margin Loss, NeurIPS 2019;"
                + " defaults of the authors' code, kaidic/LDAM-DRW")
public record Ldam(
        @Parameter(value = "margin of the rarest class, in cosine", min = 0, max = 2)
        double maxMargin,

        @Parameter(value = "scale s of the cosines", min = 0, max = 1000, exclusiveMin = true)
        double scale)
        implements AdjustingLoss {

    public Ldam() {
        this(0.5, 30);
    }

    private static final double EXPONENT = -0.25;

    @Override
    public void check(long[] classCounts) {
        ClassCounts.requireSamples(classCounts, "its margin would be infinite", "give it samples or use another loss");
    }

    @Override
    public Objective bind(LossContext context) {
        var counts = context.classCounts();
        check(counts);
        double rarest = Arrays.stream(counts).min().orElse(1);
        var margins = context.constants(Arrays.stream(counts)
                .mapToDouble(n -> scale * maxMargin * Math.pow(n / rarest, EXPONENT))
                .toArray());
        return new AdjustedSoftmax((logits, labels) ->
                logits.sub(labels.oneHot(counts.length, logits.getDataType()).mul(margins)));
    }

    @Override
    public Head head() {
        return new Head.Cosine(scale);
    }

    @Override
    public StationaryCondition stationaryCondition() {
        return StationaryCondition.NONE;
    }
}
