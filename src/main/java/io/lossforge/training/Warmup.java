package io.lossforge.training;

/** The linear start of a schedule: the factor rises in equal parts from 1/n at the first step to 1 at the n-th. */
final class Warmup {

    private Warmup() {}

    /** Steps that the warm-up takes. */
    static long steps(double epochs, long stepsPerEpoch) {
        return Math.round(epochs * stepsPerEpoch);
    }

    /** Factor of a step counted from 0; 1 once the warm-up is over. */
    static double factor(long step, long warmupSteps) {
        return step >= warmupSteps ? 1 : (step + 1.0) / warmupSteps;
    }
}
