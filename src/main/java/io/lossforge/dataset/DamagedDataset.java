package io.lossforge.dataset;

/** What the storage holds of a dataset is not what was put there. */
public class DamagedDataset extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DamagedDataset(String message) {
        super(message);
    }
}
