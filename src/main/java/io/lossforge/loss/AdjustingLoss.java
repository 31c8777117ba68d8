package io.lossforge.loss;

/**
 * A softmax loss on logits that training changes by how often classes occur. What is served is softmax of the logits as the network gives
 * them, and the condition at a minimum is that of the softmax loss, for the changed logits.
 */
interface AdjustingLoss extends LossFunction {

    @Override
    default boolean adjustsLogits() {
        return true;
    }

    @Override
    default ServingTransform servingTransform() {
        return ServingTransform.SOFTMAX;
    }

    @Override
    default StationaryCondition stationaryCondition() {
        return StationaryCondition.WEIGHTED_COUNTS;
    }
}
