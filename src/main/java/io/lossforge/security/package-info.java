/** API keys, and who may call what. */
@ApplicationModule(allowedDependencies = {"web"})
@NullMarked
package io.lossforge.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
