/** Reads pictures from people who may be hostile, and brings them to the size a model wants. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.image;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
