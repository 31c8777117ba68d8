/** Loads model versions and answers predictions over REST and the Open Inference Protocol. */
@ApplicationModule(allowedDependencies = {"role", "catalogue", "decision", "model", "drift", "storage", "image", "web"})
@NullMarked
package io.lossforge.prediction;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
