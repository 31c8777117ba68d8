package io.lossforge.worker;

/** The model version that a job needs is gone, or its file is. Another attempt would meet it again. */
class UnusableModel extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableModel(String message) {
        super(message);
    }
}
