/** Trains one job in a process of its own: specification, fit loop, evaluation, events, artefact. */
@ApplicationModule(allowedDependencies = {"catalogue", "loss", "analysis", "architecture", "decision"})
@NullMarked
package io.lossforge.training;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
