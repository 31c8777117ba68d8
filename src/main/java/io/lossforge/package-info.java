/** Lossforge: trains classifiers with a loss chosen to fit the data, and serves them. */
@NullMarked
package io.lossforge;

import org.jspecify.annotations.NullMarked;
