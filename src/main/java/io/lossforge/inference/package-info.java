/** Runs an ONNX file over many samples in a process of its own: samples, network, rows, measures. */
@ApplicationModule(allowedDependencies = {"loss", "training"})
@NullMarked
package io.lossforge.inference;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
