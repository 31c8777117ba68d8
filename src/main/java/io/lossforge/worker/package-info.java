/** Claims jobs, keeps their leases, and supervises one trainer process per device slot. */
@ApplicationModule(
        allowedDependencies = {
            "role",
            "job",
            "catalogue",
            "loss",
            "training",
            "inference",
            "dataset",
            "storage",
            "metric",
            "model",
            "web"
        })
@NullMarked
package io.lossforge.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
