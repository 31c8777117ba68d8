package io.lossforge.dataset;

import java.io.IOException;
import java.util.Set;

/**
 * One form that datasets come in. An implementation is a component and stateless; {@code @Order} says when it is asked: formats with
 * a signature before those that are guessed.
 */
interface DatasetFormat {

    /** As shown in answers, such as {@code csv}. */
    String name();

    /** What it takes, for the message that lists all formats. */
    String summary();

    /** The form fields that say more about it: of {@code imageSize}, {@code labelColumn}, {@code maxValue}. */
    Set<String> options();

    /** Whether the file looks like this format by its content; what is wrong with it is for {@link #read} to say. */
    boolean recognises(Source source) throws IOException;

    /**
     * Reads everything into the packing, in memory that does not grow with the files.
     *
     * @throws RefusedUpload if it can't become a dataset
     */
    void read(Delivery delivery, Packing packing) throws IOException;
}
