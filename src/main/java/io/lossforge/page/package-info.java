/** The web page: shows what the service's own HTTP interface answers, and nothing else. */
@ApplicationModule(allowedDependencies = {"role", "web"})
@NullMarked
package io.lossforge.page;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
