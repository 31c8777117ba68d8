package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/** Half a cosine from the full learning rate to a part of it, step by step. */
@Described(
        name = "cosine",
        summary =
                "Falls along half a cosine to a part of the rate, step by step, after a linear warm-up; a good default.",
        formula = "factor(t) = m + (1−m)·(1+cos(π·t))/2, t = part of the steps after warm-up that are taken",
        reference =
                "Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017 (without restarts)")
@AutoService(Schedule.class)
public record Cosine(
        @Parameter(value = "epochs in which the rate rises linearly; may be a fraction", min = 0, max = 1000)
        double warmupEpochs,

        @Parameter(value = "factor at the end of the last epoch", min = 0, max = 1)
        double minimumFactor)
        implements Schedule {

    public Cosine() {
        this(0, 0);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, int epochs) {
        long warmup = Warmup.steps(warmupEpochs, stepsPerEpoch);
        if (step < warmup) {
            return Warmup.factor(step, warmup);
        }
        double part = Math.min(1, (step - warmup) / (double) Math.max(1, stepsPerEpoch * epochs - warmup));
        return minimumFactor + (1 - minimumFactor) * (1 + Math.cos(Math.PI * part)) / 2;
    }
}
