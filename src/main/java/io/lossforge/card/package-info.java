/** Model cards: what is known of a version, and what follows from it. */
@ApplicationModule(
        allowedDependencies = {
            "role",
            "catalogue",
            "analysis",
            "training",
            "dataset",
            "job",
            "model",
            "admission",
            "web"
        })
@NullMarked
package io.lossforge.card;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
