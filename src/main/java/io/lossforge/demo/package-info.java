/** Runs the main job once against the started service, so that a newcomer sees all of it. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.lossforge.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
