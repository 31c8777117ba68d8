/** All of a job in one file. */
@ApplicationModule(allowedDependencies = {"role", "job", "metric", "model", "storage", "web"})
@NullMarked
package io.lossforge.bundle;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
