package io.lossforge.model;

import java.time.Instant;

/**
 * A version that also runs on what an alias is asked, without answering.
 *
 * @param share of the requests, more than 0, at most 1
 * @param revision of the change that set it
 */
public record Shadow(String model, String alias, ModelVersion version, double share, long revision, Instant since) {

    /** Its entity tag. */
    public String tag() {
        return Precondition.tag(revision);
    }

    /** Whether a version takes the same samples and answers with the same classes, so that the two can be compared. */
    public boolean fits(ModelVersion other) {
        return fits(version, other);
    }

    static boolean fits(ModelVersion one, ModelVersion other) {
        return one.inputKind().equals(other.inputKind())
                && one.inputShape().equals(other.inputShape())
                && one.classes().equals(other.classes());
    }
}
