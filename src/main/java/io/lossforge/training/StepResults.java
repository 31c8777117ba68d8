package io.lossforge.training;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the loss of each step from the device. On the CPU at once; on a GPU many together, so that no step waits for the device. The loss of
 * every step is looked at, so the step at which it stops being a number is known exactly even if it is noticed a few steps later.
 */
final class StepResults {

    private static final int TOGETHER_ON_GPU = 32;

    private record Pending(long step, int samples, double presentFraction) {}

    private final NDManager manager;
    private final EpochMeans means;
    private final int together;
    private final String advice;
    private final List<Pending> pending = new ArrayList<>();
    private final NDList losses = new NDList();
    private final NDList rights = new NDList();

    /** @param advice what to try when the loss is no number any more */
    StepResults(NDManager manager, EpochMeans means, String advice) {
        this(manager, means, advice, manager.getDevice().isGpu() ? TOGETHER_ON_GPU : 1);
    }

    StepResults(NDManager manager, EpochMeans means, String advice, int together) {
        this.manager = manager;
        this.means = means;
        this.advice = advice;
        this.together = together;
    }

    /**
     * @param step counted from 1
     * @throws TrainingFailure if the loss of this or a step shortly before is no finite number
     */
    void add(Learner.Outcome outcome, long step, int samples, double presentFraction) {
        pending.add(new Pending(step, samples, presentFraction));
        if (together == 1) {
            take(0, outcome.loss().getFloat(), outcome.right().getLong());
            pending.clear();
            return;
        }
        outcome.loss().attach(manager);
        outcome.right().attach(manager);
        losses.add(outcome.loss());
        rights.add(outcome.right());
        if (pending.size() >= together) {
            flush();
        }
    }

    /** Takes what is pending. */
    void flush() {
        if (pending.isEmpty()) {
            return;
        }
        try (var scope = manager.newSubManager()) {
            losses.attach(scope);
            rights.attach(scope);
            var lossValues = NDArrays.stack(losses).toFloatArray();
            var rightValues = NDArrays.stack(rights).toLongArray();
            for (int i = 0; i < lossValues.length; i++) {
                take(i, lossValues[i], rightValues[i]);
            }
        } finally {
            pending.clear();
            losses.clear();
            rights.clear();
        }
    }

    private void take(int index, float loss, long right) {
        var of = pending.get(index);
        if (!Float.isFinite(loss)) {
            throw new TrainingFailure(
                    TrainingFailure.Reason.DIVERGED,
                    "the loss became %s at step %d: %s"
                            .formatted(Float.isNaN(loss) ? "NaN" : "infinite", of.step, advice),
                    of.step);
        }
        means.add(loss, right, of.samples, of.presentFraction);
    }
}
