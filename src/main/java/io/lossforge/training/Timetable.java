package io.lossforge.training;

/**
 * How a job's steps lie in its epochs. The last batch of an epoch takes what is left; a single sample left over is not trained on in that
 * epoch, since batch norm can't take it (the order changes, so it is another one each time).
 *
 * @param samples trained on
 */
record Timetable(int samples, int batchSize, int epochs) {

    private static final long LOSS_POINTS = 400;

    long stepsPerEpoch() {
        int rest = samples % batchSize;
        return samples / batchSize + (rest > 1 || samples < batchSize ? 1 : 0);
    }

    long totalSteps() {
        return stepsPerEpoch() * epochs;
    }

    /** Steps between two points of the training loss, so that a job has about {@value #LOSS_POINTS} of them beside the ends of epochs. */
    long pointInterval() {
        return Math.max(1, totalSteps() / LOSS_POINTS);
    }

    /** Position of the first sample of a step within its epoch, counted from 0. */
    int from(long step) {
        return Math.toIntExact(step * batchSize);
    }

    /** Position after the last sample of a step within its epoch, counted from 0. */
    int to(long step) {
        return (int) Math.min(samples, (step + 1) * batchSize);
    }
}
