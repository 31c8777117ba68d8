/** How long data is kept: settings, the sweep that removes what is older, and a look at what it would remove. */
@ApplicationModule(allowedDependencies = {"role", "storage", "web"})
@NullMarked
package io.lossforge.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
