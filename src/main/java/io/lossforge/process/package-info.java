/** Other processes that run classes of this program. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.process;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
