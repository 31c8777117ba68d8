package io.lossforge.training;

/** Sums over the steps of an epoch and over the steps since the last point of the loss curve. Copied into checkpoints as {@link State}. */
final class EpochMeans {

    /** All of it, so that a resumed epoch ends with the same means. */
    record State(
            double epochLoss,
            long epochSamples,
            long right,
            double presentClasses,
            long steps,
            double windowLoss,
            long windowSamples) {

        static final State EMPTY = new State(0, 0, 0, 0, 0, 0, 0);
    }

    private State state;

    EpochMeans(State state) {
        this.state = state;
    }

    void add(double loss, long right, int samples, double presentFraction) {
        state = new State(
                state.epochLoss + loss * samples,
                state.epochSamples + samples,
                state.right + right,
                state.presentClasses + presentFraction,
                state.steps + 1,
                state.windowLoss + loss * samples,
                state.windowSamples + samples);
    }

    State state() {
        return state;
    }

    /** Mean loss since the last call. */
    double takeWindowLoss() {
        double mean = state.windowLoss / state.windowSamples;
        state = new State(state.epochLoss, state.epochSamples, state.right, state.presentClasses, state.steps, 0, 0);
        return mean;
    }

    double loss() {
        return state.epochLoss / state.epochSamples;
    }

    double accuracy() {
        return state.right / (double) state.epochSamples;
    }

    /** Mean part of the classes that a batch holds. */
    double presentClassFraction() {
        return state.presentClasses / state.steps;
    }
}
