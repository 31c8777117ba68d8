/** What is made of a network's logits: calibrated probabilities, those under another class prior, and whether to decide at all. */
@ApplicationModule(allowedDependencies = {"catalogue", "analysis"})
@NullMarked
package io.lossforge.decision;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
