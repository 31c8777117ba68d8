/** Finds the records of an extension point, describes their parameters, and reads and writes them as JSON. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.catalogue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
