package io.lossforge.training;

import java.util.concurrent.TimeUnit;

/**
 * How fast training goes, and how long the rest takes. Averages over about the last half minute; while there is less, the later a step the more
 * it counts, since the first ones of a process, which warm things up, take several times as long.
 */
final class Pace {

    private static final double HALF_LIFE_SECONDS = 30;
    /** The weights of the first steps grow with the power of their number that is less by one. */
    private static final double GROWTH = 3;
    /** Part of a training step that evaluating as many samples takes, until it has been measured. */
    private static final double EVALUATION_PART = 0.4;

    private double secondsPerSample;
    private long stepsSeen;
    private double evaluationSecondsPerSample = Double.NaN;

    void trained(int samples, long nanos) {
        double seconds = seconds(nanos);
        stepsSeen++;
        double memory = Math.max(0, Math.min(1 - GROWTH / stepsSeen, Math.pow(2, -seconds / HALF_LIFE_SECONDS)));
        secondsPerSample = memory * secondsPerSample + (1 - memory) * seconds / samples;
    }

    void evaluated(long samples, long nanos) {
        if (samples > 0) {
            evaluationSecondsPerSample = seconds(nanos) / samples;
        }
    }

    double imagesPerSecond() {
        return secondsPerSample > 0 ? 1 / secondsPerSample : 0;
    }

    double remainingSeconds(long samplesToTrain, long samplesToEvaluate) {
        double perEvaluated = Double.isNaN(evaluationSecondsPerSample)
                ? secondsPerSample * EVALUATION_PART
                : evaluationSecondsPerSample;
        return samplesToTrain * secondsPerSample + samplesToEvaluate * perEvaluated;
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
