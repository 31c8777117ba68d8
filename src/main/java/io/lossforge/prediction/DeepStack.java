package io.lossforge.prediction;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs what needs more stack than a request's thread has. While ONNX Runtime 1.29 loads a model its native code recurses
 * deeper the longer the command line of the process is: behind a class path of some 20,000 characters, such as a build tool's, the usual
 * megabyte of stack is too little, and the whole process would die.
 */
final class DeepStack {

    /** Address space, not memory: a page is taken when it is touched. A command line of 100,000 characters is tested. */
    private static final long BYTES = 1L << 30;

    private DeepStack() {}

    /** @throws Exception what the task throws */
    static <T> T call(Callable<T> task) throws Exception {
        var future = new FutureTask<>(task);
        var thread = new Thread(null, future, "onnx-runtime-start", BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ONNX Runtime started", e);
        }
    }
}
