/** Watches what versions are asked and answer, and how far that is from what they were trained on. */
@ApplicationModule(allowedDependencies = {"role", "analysis", "model", "web"})
@NullMarked
package io.lossforge.drift;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
