package io.lossforge.inference;

/** The ONNX file does not take the samples, or does not answer what it should. Another attempt would meet it again. */
class UnfitNetwork extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnfitNetwork(String message) {
        super(message);
    }
}
