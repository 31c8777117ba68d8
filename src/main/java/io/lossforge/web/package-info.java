/** Problem details, paging and idempotency for every resource. */
@ApplicationModule(allowedDependencies = {"role", "catalogue"})
@NullMarked
package io.lossforge.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
