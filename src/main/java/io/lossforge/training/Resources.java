package io.lossforge.training;

import io.lossforge.catalogue.Parameter;

/**
 * What a job needs of a worker.
 *
 * @param device kind of device; {@code any} takes whatever slot is free first
 * @param count number of devices
 */
public record Resources(
        @Parameter("any, cpu or gpu") Device device,

        @Parameter(value = "number of devices", min = 1, max = 1)
        int count) {

    /** Kind of device. */
    public enum Device {
        ANY,
        CPU,
        GPU
    }

    public Resources() {
        this(Device.ANY, 1);
    }
}
