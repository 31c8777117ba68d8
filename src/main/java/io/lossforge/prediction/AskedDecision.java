package io.lossforge.prediction;

import io.lossforge.web.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants to be made of the probabilities.
 *
 * @param calibrated whether they are to be calibrated ones, as prior and thresholds need them too
 * @param prior the class prior they are to stand for, as it was written; null for the one that they do
 * @param thresholds whether the version's thresholds decide
 * @param abstainBelow probability of the class given below which none is; null for no such bound
 */
record AskedDecision(
        boolean calibrated,
        @Nullable String prior,
        boolean thresholds,
        @Nullable Double abstainBelow) {

    private static final String THRESHOLDS = "thresholds";

    /**
     * Reads the parameters of a request, each null where it is not given.
     *
     * @param parent pointer of what the parameters are in
     * @return null if nothing is asked for
     * @throws ApiException 400 that names the parameter
     */
    static @Nullable AskedDecision of(
            String parent,
            @Nullable Boolean calibrated,
            @Nullable String prior,
            @Nullable String decision,
            @Nullable Double abstainBelow) {
        if (calibrated == null && prior == null && decision == null && abstainBelow == null) {
            return null;
        }
        boolean thresholds = decision != null;
        if (decision != null && !decision.equals(THRESHOLDS)) {
            throw refused(
                    parent,
                    "decision",
                    "must be \"%s\", was \"%s\"".formatted(THRESHOLDS, JsonBodies.shortened(60, decision)));
        }
        if (thresholds && prior != null) {
            throw refused(
                    parent,
                    "decision",
                    "can't be given beside prior: the thresholds were fitted for the prior of validation; leave one of them out");
        }
        if (Boolean.FALSE.equals(calibrated) && (thresholds || prior != null)) {
            throw refused(
                    parent,
                    "calibrated",
                    "must not be false with %s, which is about calibrated probabilities; leave it out"
                            .formatted(thresholds ? "decision" : "prior"));
        }
        // NaN is not in the bounds either
        if (abstainBelow != null && !(abstainBelow > 0 && abstainBelow <= 1)) {
            throw refused(parent, "abstainBelow", "must be a probability above 0 and at most 1, was " + abstainBelow);
        }
        boolean asksCalibrated = Boolean.TRUE.equals(calibrated) || thresholds || prior != null;
        return asksCalibrated || abstainBelow != null
                ? new AskedDecision(asksCalibrated, prior, thresholds, abstainBelow)
                : null;
    }

    /** Whether a sample may be given no class. */
    boolean mayAbstain() {
        return thresholds || abstainBelow != null;
    }

    /** The name is in the message too, since some protocols have nothing else. */
    static ApiException refused(String parent, String parameter, String message) {
        return ApiException.badRequest(parent + "/" + parameter, "%s: %s".formatted(parameter, message));
    }
}
