package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** An optimizer bound to one job: changes parameters in place, and can give away and take back its state. */
public interface UpdateRule {

    /**
     * Changes one parameter in place, and sets its gradient to zero for the next step: the engine adds to gradients.
     *
     * @param name the parameter's name, unique in the network; state is kept by it
     * @param weight the parameter
     * @param gradient same shape; its values are lost
     * @param learningRate of this step, schedule included
     * @param decay whether weight decay acts on this parameter
     * @param step counted from 1
     */
    void update(String name, NDArray weight, NDArray gradient, double learningRate, boolean decay, long step);

    /** Moments by {@code <moment>/<parameter name>}: all that an exact resume needs beside the step. */
    Map<String, NDArray> state();

    /** Takes back what {@link #state} gave. */
    void restore(Map<String, NDArray> state);
}
