/** What a trained network's averaged probabilities say about its loss, and what other class weights would do. */
@ApplicationModule(allowedDependencies = {"loss"})
@NullMarked
package io.lossforge.analysis;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
