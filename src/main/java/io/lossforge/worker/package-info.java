/** Claims jobs, keeps their leases, and supervises one trainer process per device slot. */
@ApplicationModule(
        allowedDependencies = {
            "role",
            "process",
            "analysis",
            "job",
            "catalogue",
            "loss",
            "training",
            "inference",
            "dataset",
            "decision",
            "storage",
            "metric",
            "model",
            "web"
        })
@NullMarked
package io.lossforge.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
