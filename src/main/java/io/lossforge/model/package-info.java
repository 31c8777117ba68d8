/** The registry: model versions, aliases, artefacts and their lineage. */
@ApplicationModule(
        allowedDependencies = {
            "role",
            "catalogue",
            "analysis",
            "decision",
            "training",
            "dataset",
            "job",
            "storage",
            "web"
        })
@NullMarked
package io.lossforge.model;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
