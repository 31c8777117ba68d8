package io.lossforge.training;

import io.lossforge.architecture.Architecture;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.catalogue.RecordJson;
import io.lossforge.decision.DecisionTarget;
import io.lossforge.loss.LossFunction;

/** Every extension point that a {@link TrainingSpec} chooses from, and its JSON. */
public final class Catalogues {

    public static final Catalogue<LossFunction> LOSSES = Catalogue.of("loss", LossFunction.class);
    public static final Catalogue<Architecture> ARCHITECTURES = Catalogue.of("architecture", Architecture.class);
    public static final Catalogue<Optimizer> OPTIMIZERS = Catalogue.of("optimizer", Optimizer.class);
    public static final Catalogue<Schedule> SCHEDULES = Catalogue.of("schedule", Schedule.class);
    public static final Catalogue<Sampler> SAMPLERS = Catalogue.of("sampler", Sampler.class);
    public static final Catalogue<Augmentation> AUGMENTATIONS = Catalogue.of("augmentation", Augmentation.class);
    public static final Catalogue<DecisionTarget> DECISIONS = Catalogue.of("decision", DecisionTarget.class);

    /** Reads and writes specifications: {@code JSON.read(TrainingSpec.class, json)}, {@code JSON.write(spec)}. */
    public static final RecordJson JSON =
            new RecordJson(LOSSES, ARCHITECTURES, OPTIMIZERS, SCHEDULES, SAMPLERS, AUGMENTATIONS, DECISIONS);

    private Catalogues() {}
}
