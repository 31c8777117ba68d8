package io.lossforge.prediction;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an inference request asks, with what is made of the scores for it.
 *
 * @param applied null for nothing: the outputs are the network's
 */
record DecidedInference(InferReader.Asked asked, @Nullable AppliedDecision applied) implements Engine.Wanted {

    /** The output with the class that is given to each sample, INT64 {@code [samples]}; -1 for none. */
    static final String DECISION = "decision";

    @Override
    public Set<String> outputs() {
        var outputs = new HashSet<String>();
        for (var output : asked.asked()) {
            outputs.add(applied == null || output.name().equals(LoadedModel.LOGITS) ? output.name() : applied.source());
        }
        return outputs;
    }

    @Override
    public @Nullable Duration timeout() {
        return asked.timeout();
    }
}
