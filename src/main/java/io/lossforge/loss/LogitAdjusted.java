package io.lossforge.loss;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;
import java.util.Arrays;

/**
 * The softmax loss on logits that know the class shares: {@code CE(z + τ log π, y)}. At τ = 1 it is the balanced softmax. The adjustment
 * acts in training only: softmax(z) as it is served belongs to a uniform class prior.
 *
 * @param tau strength τ of the adjustment
 */
@AutoService(LossFunction.class)
@Described(
        name = "logit-adjusted",
        summary = "Cross entropy with the class shares added to the logits in training, so that what is served"
                + " favours no class:"
                + " for long-tailed classes judged by balanced accuracy.",
        formula = "L = mean_i −λ_{y_i} log softmax(z_i + τ log π)_{y_i},  π_k = n_k / N",
        reference = "Menon et al.: Long-tail Learning via Logit Adjustment, ICLR 2021;"
                + " at τ = 1 Ren et al.: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020")
public record LogitAdjusted(
        @Parameter(value = "share τ of the log prior that is added: 0 is the softmax loss", min = 0, max = 100)
        double tau)
        implements AdjustingLoss {

    public LogitAdjusted() {
        this(1);
    }

    @Override
    public void check(long[] classCounts) {
        ClassCounts.requireSamples(
                classCounts, "the logarithm of its share would be infinite", "give it samples or use another loss");
    }

    @Override
    public Objective bind(LossContext context) {
        check(context.classCounts());
        var shares = ClassCounts.logShares(context.classCounts());
        var adjustment =
                context.constants(Arrays.stream(shares).map(log -> tau * log).toArray());
        return new AdjustedSoftmax((logits, labels) -> logits.add(adjustment));
    }
}
