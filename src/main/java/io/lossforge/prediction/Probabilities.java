package io.lossforge.prediction;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Probabilities are all that is wanted. */
record Probabilities(@Nullable Duration timeout) implements Engine.Wanted {

    @Override
    public Set<String> outputs() {
        return Set.of(LoadedModel.PROBABILITIES);
    }
}
