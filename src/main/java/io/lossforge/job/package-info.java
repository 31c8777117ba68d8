/** Training jobs: the row is the queue entry, its state machine, and the interface to submit and watch. */
@ApplicationModule(
        allowedDependencies = {
            "role",
            "catalogue",
            "loss",
            "analysis",
            "training",
            "dataset",
            "decision",
            "storage",
            "retention",
            "web"
        })
@NullMarked
package io.lossforge.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
