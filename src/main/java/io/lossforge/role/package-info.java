/** Which parts of the service this process plays. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
