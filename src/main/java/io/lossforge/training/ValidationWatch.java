package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches a validation metric for early stopping, and keeps copies of the weights of its best epoch. */
final class ValidationWatch {

    private static final String BEST = "best/";

    /**
     * What it knows, beside the weights.
     *
     * @param best value of the metric, null before the first validation
     * @param bestEpoch 0 before the first validation
     */
    record State(@Nullable Double best, int bestEpoch, int epochsWithoutImprovement) {

        static final State START = new State(null, 0, 0);
    }

    private final EarlyStopping earlyStopping;
    private final NDManager manager;
    private State state = State.START;
    private Map<String, NDArray> bestWeights = Map.of();

    ValidationWatch(EarlyStopping earlyStopping, NDManager manager) {
        this.earlyStopping = earlyStopping;
        this.manager = manager;
    }

    /**
     * Looks at a validation.
     *
     * @param weights those that were validated
     */
    void look(Validation validation, int epoch, Map<String, NDArray> weights) {
        double value = validation.value(earlyStopping.metric());
        var best = state.best;
        boolean lower = earlyStopping.metric() == EarlyStopping.Metric.LOSS;
        if (best != null && (lower ? value >= best : value <= best)) {
            state = new State(best, state.bestEpoch, state.epochsWithoutImprovement + 1);
            return;
        }
        state = new State(value, epoch, 0);
        bestWeights.values().forEach(NDArray::close);
        bestWeights = Weights.copies(weights, manager);
    }

    boolean stops() {
        return state.epochsWithoutImprovement >= earlyStopping.patience();
    }

    int bestEpoch() {
        return state.bestEpoch;
    }

    Map<String, NDArray> bestWeights() {
        return bestWeights;
    }

    State state() {
        return state;
    }

    Map<String, NDArray> arrays() {
        var arrays = new LinkedHashMap<String, NDArray>();
        bestWeights.forEach((name, array) -> arrays.put(BEST + name, array));
        return arrays;
    }

    /** Takes back what {@link #state} and {@link #arrays} gave, as copies. */
    void restore(State saved, Map<String, NDArray> arrays) {
        state = saved;
        bestWeights = new LinkedHashMap<>();
        Learner.below(BEST, arrays).forEach((name, array) -> {
            var copy = array.duplicate();
            copy.attach(manager);
            bestWeights.put(name, copy);
        });
    }
}
