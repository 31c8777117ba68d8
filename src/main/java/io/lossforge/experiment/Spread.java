package io.lossforge.experiment;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Collection;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.jspecify.annotations.Nullable;

/** Mean and spread of one number over seeds. */
@Schema(name = "Spread")
record Spread(
        @Schema(description = "How many seeds have a value") int count,
        double mean,

        @Schema(description = "Standard deviation of the sample, n − 1 in the divisor; null of a single value")
        @Nullable Double sd) {

    /** Null of nothing. */
    static @Nullable Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            return null;
        }
        var array = values.stream().mapToDouble(Double::doubleValue).toArray();
        return new Spread(
                array.length,
                Mean.of(array).getAsDouble(),
                array.length < 2 ? null : StandardDeviation.of(array).getAsDouble());
    }
}
