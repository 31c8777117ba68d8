package io.lossforge.prediction;

import io.lossforge.drift.DriftWatch;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import org.springframework.stereotype.Component;

/** Shows every prediction of the engine to who watches for drift. */
@Component
@ConditionalOnRole(Role.SERVER)
class Watching {

    Watching(Engine engine, DriftWatch watch) {
        engine.witnessedBy((version, samples, probabilities, nanoseconds) ->
                watch.see(version, samples.slice(0, samples.count()), samples.count(), probabilities));
    }
}
