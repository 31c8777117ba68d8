/** The same job over losses, class weights, imbalance, seeds and whatever else is varied, and the report that compares them. */
@ApplicationModule(allowedDependencies = {"role", "catalogue", "analysis", "training", "job", "metric", "web"})
@NullMarked
package io.lossforge.experiment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
