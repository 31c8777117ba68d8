/** Metric points of jobs: stored in batches, queried, streamed live. */
@ApplicationModule(allowedDependencies = {"role", "training", "retention", "job", "web"})
@NullMarked
package io.lossforge.metric;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
