/** Checks the files that carry the service to other machines: image, compose file, chart. */
@NullMarked
package io.lossforge.packaging;

import org.jspecify.annotations.NullMarked;
