package io.lossforge.training;

import java.util.concurrent.TimeUnit;

/**
 * How fast training goes, and how long the rest takes. Averages over about the last half minute; the first step of a process, which
 * warms things up, does not count once there is a second.
 */
final class Pace {

    private static final double HALF_LIFE_SECONDS = 30;
    /** Part of a training step that evaluating as many samples takes, until it has been measured. */
    private static final double EVALUATION_PART = 0.4;

    private double secondsPerSample;
    private long stepsSeen;
    private double evaluationSecondsPerSample = Double.NaN;

    void trained(int samples, long nanos) {
        double seconds = seconds(nanos);
        stepsSeen++;
        double memory =
                stepsSeen <= 2 ? 0 : Math.min(1 - 1.0 / (stepsSeen - 1), Math.pow(2, -seconds / HALF_LIFE_SECONDS));
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
