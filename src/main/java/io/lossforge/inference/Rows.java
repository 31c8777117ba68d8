package io.lossforge.inference;

import java.util.List;

/** A form of the result: one row for each sample, as text. Used by one thread. */
interface Rows {

    /**
     * The form of that name.
     *
     * @param classes names, in the order of the probabilities
     * @param topK classes named for each sample, at most as many as there are
     * @param all whether the probability of every class is written
     * @param sent whether the samples were sent with the job, as files
     */
    static Rows of(String format, List<String> classes, int topK, boolean all, boolean sent) {
        return format.equals("jsonl") ? new JsonRows(classes, topK, all) : new CsvRows(classes, topK, all, sent);
    }

    /** What comes before the first row. */
    String head();

    /**
     * Appends a row.
     *
     * @param probabilities of a batch, of which the sample's begin at {@code offset}
     * @param likeliest positions of classes, the likeliest first
     */
    void append(StringBuilder text, Samples.Known sample, float[] probabilities, int offset, int[] likeliest);
}
