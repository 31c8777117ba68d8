package io.lossforge.training;

import io.lossforge.catalogue.Parameter;
import java.util.List;

/**
 * What a job needs of a worker.
 *
 * @param device kind of device; {@code any} takes whatever slot is free first
 * @param count number of devices
 * @param labels the worker must have all of them
 */
public record Resources(
        @Parameter("any, cpu or gpu") Device device,

        @Parameter(value = "number of devices", min = 1, max = 1)
        int count,

        @Parameter(
                value = "labels that the worker must have, all of them, such as a100 or memory=80g",
                maxItems = 16,
                maxLength = 63,
                pattern = Resources.LABEL)
        List<String> labels) {

    /** What a label looks like. */
    public static final String LABEL = "[a-z0-9][a-z0-9._=-]*";

    /** Kind of device. */
    public enum Device {
        ANY,
        CPU,
        GPU
    }

    public Resources {
        labels = List.copyOf(labels);
    }

    public Resources() {
        this(Device.ANY, 1, List.of());
    }
}
