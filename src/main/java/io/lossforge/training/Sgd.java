package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.auto.service.AutoService;
import io.lossforge.catalogue.Described;
import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Parameter;
import java.util.Map;

/** Stochastic gradient descent with momentum. */
@Described(
        name = "sgd",
        summary = "Stochastic gradient descent with momentum, as PyTorch computes it.",
        formula = "g ← g + weightDecay·w; v ← momentum·v + g; w ← w − rate·(nesterov ? g + momentum·v : v)",
        reference = "Sutskever et al., On the importance of initialization and momentum in deep learning, 2013")
@AutoService(Optimizer.class)
public record Sgd(
        @Parameter(value = "learning rate", min = 0, exclusiveMin = true, max = 1e6)
        double learningRate,

        @Parameter(value = "part of the last step that is taken again", min = 0, max = 1, exclusiveMax = true)
        double momentum,

        @Parameter("whether the gradient looks ahead (Nesterov)")
        boolean nesterov,

        @Parameter(value = "strength of the pull of weights towards 0, added to the gradient", min = 0, max = 10)
        double weightDecay)
        implements Optimizer {

    public Sgd {
        if (nesterov && momentum == 0) {
            throw new InvalidDocument("/nesterov", "needs momentum above 0");
        }
    }

    public Sgd() {
        this(0.1, 0.9, false, 0);
    }

    @Override
    public UpdateRule bind(NDManager manager) {
        return new Rule(this, manager);
    }

    private static final class Rule implements UpdateRule {

        private final Sgd sgd;
        private final NDArray momentum;
        private final NDArray weightDecay;
        private final Moments velocity;

        Rule(Sgd sgd, NDManager manager) {
            this.sgd = sgd;
            momentum = manager.create((float) sgd.momentum);
            weightDecay = manager.create((float) sgd.weightDecay);
            velocity = new Moments("velocity", manager);
        }

        @Override
        public void update(
                String name, NDArray weight, NDArray gradient, double learningRate, boolean decay, long step) {
            if (decay && sgd.weightDecay > 0) {
                try (var pull = weight.mul(weightDecay)) {
                    gradient.addi(pull);
                }
            }
            if (sgd.momentum == 0) {
                descend(weight, gradient, learningRate);
                return;
            }
            var moved = velocity.of(name, weight);
            moved.muli(momentum).addi(gradient);
            if (!sgd.nesterov) {
                descend(weight, moved, learningRate);
                return;
            }
            try (var ahead = moved.mul(momentum)) {
                gradient.addi(ahead);
            }
            descend(weight, gradient, learningRate);
        }

        /** One call into the engine: w ← w − rate·direction, which sets the gradient to zero as well. */
        private static void descend(NDArray weight, NDArray direction, double learningRate) {
            weight.getNDArrayInternal()
                    .sgdUpdate(
                            new NDList(weight, direction),
                            new NDList(weight),
                            (float) learningRate,
                            0,
                            1,
                            -1,
                            0,
                            false);
        }

        @Override
        public Map<String, NDArray> state() {
            return velocity.state();
        }

        @Override
        public void restore(Map<String, NDArray> state) {
            velocity.restore(state);
        }
    }
}
