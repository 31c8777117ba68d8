package io.lossforge.worker;

import io.lossforge.training.Resources.Device;

/**
 * A place where one job at a time can run.
 *
 * @param number from 0
 * @param device {@code CPU} or {@code GPU}
 * @param visibleDevices the trainer's {@code CUDA_VISIBLE_DEVICES}; empty hides every GPU
 * @param threads of the engine
 */
record Slot(int number, Device device, String visibleDevices, int threads) {

    /** As trainers and attempts call the device. */
    String deviceName() {
        return device == Device.GPU ? "gpu" : "cpu";
    }
}
