/** Registered, versioned, packed datasets and the formats they come in. */
@ApplicationModule(allowedDependencies = {"role", "catalogue", "storage", "retention", "image", "web"})
@NullMarked
package io.lossforge.dataset;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
