/** Problem details, paging and idempotency for every resource. */
@ApplicationModule(allowedDependencies = {"role"})
@NullMarked
package io.lossforge.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
