/** Models that were trained elsewhere: an ONNX file is checked, tried out in a process of its own, given the interface of every artefact, and registered. */
@ApplicationModule(allowedDependencies = {"role", "process", "model", "storage", "web"})
@NullMarked
package io.lossforge.admission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
