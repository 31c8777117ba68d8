/** Networks as layers that become both a DJL block to train and an ONNX graph to serve. */
@ApplicationModule(allowedDependencies = {"catalogue"})
@NullMarked
package io.lossforge.architecture;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
