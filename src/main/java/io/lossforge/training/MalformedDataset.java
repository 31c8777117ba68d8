package io.lossforge.training;

/** A packed dataset that is not what it says. The message names the file inside the dataset, never a path. */
public class MalformedDataset extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Says it.
     *
     * @param file its name, no path
     */
    public MalformedDataset(String file, String detail) {
        super("dataset file %s: %s".formatted(file, detail));
    }
}
