package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.Parameter;

/** The optimizer's learning rate throughout. */
@Described(
        name = "constant",
        summary = "The same learning rate throughout, after a linear warm-up.",
        formula = "factor(s) = min(1, (s+1)/warmup)")
@AutoService(Schedule.class)
public record Constant(
        @Parameter(value = "epochs in which the rate rises linearly; may be a fraction", min = 0, max = 1000)
        double warmupEpochs)
        implements Schedule {

    public Constant() {
        this(0);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, int epochs) {
        return Warmup.factor(step, Warmup.steps(warmupEpochs, stepsPerEpoch));
    }
}
