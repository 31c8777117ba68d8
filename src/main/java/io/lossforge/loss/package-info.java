/** Training losses: one record per file. */
@ApplicationModule(allowedDependencies = {"catalogue"})
@NullMarked
package io.lossforge.loss;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
