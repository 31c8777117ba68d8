/** Bytes by key, and the directory where this process keeps its data. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
