package io.lossforge.worker;

import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the jobs of the chaos suite train: seconds each, with all that has a state of its own. */
enum Workload {
    LENET_SGD("""
            {"architecture": {"name": "lenet"}, "epochs": 40, "batchSize": 32, %s,
             "optimizer": {"name": "sgd", "parameters": {"learningRate": 0.02}}}""", Workload.PAPER),
    LENET_ADAM("""
            {"architecture": {"name": "lenet"}, "epochs": 40, "batchSize": 32, %s, "optimizer": {"name": "adam"}}""", Workload.PAPER),
    RESNET_SGD("""
            {"architecture": {"name": "resnet"}, "epochs": 4, "batchSize": 32, %s,
             "optimizer": {"name": "sgd", "parameters": {"learningRate": 0.02}}}""", Workload.PAPER),
    RESNET_ADAM("""
            {"architecture": {"name": "resnet"}, "epochs": 4, "batchSize": 32, %s, "optimizer": {"name": "adam"}}""", Workload.PAPER),
    /** Averaged weights, and early stopping that remembers the best ones. */
    MLP("""
            {"architecture": {"name": "mlp"}, "epochs": 60, "batchSize": 32, "optimizer": {"name": "adamw"},
             "weightAveraging": {"decay": 0.9}, "earlyStopping": {"patience": 100}}""", ""),
    /** A loss that counts what it has seen. */
    SEESAW("""
            {"architecture": {"name": "linear"}, "epochs": 60, "batchSize": 32, "loss": {"name": "seesaw"},
             "sampler": {"name": "class-balanced"}, "imbalance": {"ratio": 10}}""", ""),
    DIVERGING("""
            {"architecture": {"name": "mlp"}, "epochs": 100, "batchSize": 32,
             "optimizer": {"name": "sgd", "parameters": {"learningRate": 1e6}}}""", "");

    /** The loss that remembers, and augmentation. */
    private static final String PAPER = """
            "loss": {"name": "lgl-inr", "parameters": {"statistics": "ema", "gradThroughWeights": false}},
            "augmentations": [{"name": "random-crop", "parameters": {"padding": 1}}]""";

    private final String spec;

    Workload(String spec, String more) {
        this.spec = spec.formatted(more);
    }

    /** A specification that no number of kills makes fail. */
    ObjectNode spec() {
        return ((ObjectNode) JsonMapper.shared().readTree(spec))
                .put("name", title())
                .put("dataset", "digits")
                .put("maxAttempts", 100);
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
