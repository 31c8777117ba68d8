package io.lossforge.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;

/** What DJL's engine-independent interface leaves out. */
final class Libtorch {

    private Libtorch() {}

    /** The engine; loads the native library at the first call. */
    static Engine engine() {
        return Engine.getEngine("PyTorch");
    }

    /**
     * Prepares the calling thread for training: nothing is recorded for gradients unless a collector is open. The engine sees to that
     * only for the thread that loaded it.
     *
     * @param threads of one operation, for the whole process
     */
    static void prepareThread(int threads) {
        engine();
        JniUtils.setGradMode(false);
        if (JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
    }

    /** @throws TrainingFailure if there is no such device */
    static Device device(String name) {
        if (!name.equals("gpu")) {
            return Device.cpu();
        }
        if (engine().getGpuCount() == 0) {
            throw new TrainingFailure(
                    TrainingFailure.Reason.ERROR, "the job wants a GPU, but this trainer sees none", null);
        }
        return Device.gpu(0);
    }

    /** The GPU in use, as far as the engine tells. */
    static String gpuName() {
        return "CUDA device, compute capability " + CudaUtils.getComputeCapability(0);
    }
}
