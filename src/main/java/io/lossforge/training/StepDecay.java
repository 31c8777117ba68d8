package io.lossforge.training;

import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import java.util.List;

/** The learning rate falls by a factor at certain epochs. */
@Described(
        name = "step",
        summary = "Multiplies the rate by gamma after certain epochs: those in milestones, else every few epochs.",
        formula = "factor = gamma^(milestones passed)")
@AutoService(Schedule.class)
public record StepDecay(
        @Parameter(
                value = "epochs after which the rate falls, rising; take the place of everyEpochs when given",
                min = 1,
                max = 100_000)
        List<Integer> milestones,

        @Parameter(
                value = "the rate falls after each so many epochs, unless there are milestones",
                min = 1,
                max = 100_000)
        int everyEpochs,

        @Parameter(value = "what the rate is multiplied by", min = 0, exclusiveMin = true, max = 1)
        double gamma,

        @Parameter(value = "epochs in which the rate rises linearly; may be a fraction", min = 0, max = 1000)
        double warmupEpochs)
        implements Schedule {

    public StepDecay {
        milestones = List.copyOf(milestones);
        for (int i = 1; i < milestones.size(); i++) {
            if (milestones.get(i) <= milestones.get(i - 1)) {
                throw new InvalidDocument("/milestones/" + i, "must be greater than the milestone before it");
            }
        }
    }

    public StepDecay() {
        this(List.of(), 10, 0.1, 0);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, int epochs) {
        long done = step / stepsPerEpoch;
        long passed = milestones.isEmpty()
                ? done / everyEpochs
                : milestones.stream().filter(milestone -> milestone <= done).count();
        return Warmup.factor(step, Warmup.steps(warmupEpochs, stepsPerEpoch)) * Math.pow(gamma, passed);
    }
}
