package io.lossforge.training;

import java.util.Arrays;

/**
 * Which classes the steps of an epoch meet.
 *
 * @param samples of each class that the epoch draws
 * @param presence part of its steps that meet each class, 0–1
 */
record Draws(long[] samples, double[] presence) {

    /**
     * Counts them.
     *
     * @param order samples of the epoch, in order
     * @param labels of all samples
     */
    static Draws of(int[] order, int[] labels, int classes, Timetable timetable) {
        var samples = new long[classes];
        var presence = new double[classes];
        var lastStep = new long[classes];
        Arrays.fill(lastStep, -1);
        for (long step = 0; step < timetable.stepsPerEpoch(); step++) {
            for (int i = timetable.from(step); i < timetable.to(step); i++) {
                int label = labels[order[i]];
                samples[label]++;
                if (lastStep[label] != step) {
                    lastStep[label] = step;
                    presence[label]++;
                }
            }
        }
        for (int label = 0; label < classes; label++) {
            presence[label] /= timetable.stepsPerEpoch();
        }
        return new Draws(samples, presence);
    }
}
