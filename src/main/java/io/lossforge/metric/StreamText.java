package io.lossforge.metric;

import io.lossforge.job.JobHeads.Head;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a stream shows of a job, as text. One for all streams of its kind: readers at the same place get the same text. */
interface StreamText {

    /** Of the stream's answer. */
    String contentType();

    /** Numbers of the job's sequence that are read at once. */
    long window();

    /** Appends what is stored with {@code after < sequence <= upTo}, in order. */
    void stored(StringBuilder text, UUID job, long after, long upTo);

    /**
     * Appends what of the job's state and progress differs from what was shown, null for nothing.
     *
     * @return what is shown with it
     */
    @Nullable Head changes(StringBuilder text, @Nullable Head shown, Head head);

    /** Appends the last piece. */
    void end(StringBuilder text, Head head);

    /** Says nothing, so that nothing on the way thinks that the connection is dead, and one that is shows. */
    byte[] keepAlive();
}
