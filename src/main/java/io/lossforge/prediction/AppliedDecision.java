package io.lossforge.prediction;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lossforge.decision.Calibrator;
import io.lossforge.decision.Decision;
import io.lossforge.decision.Thresholds;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is made of the network's scores for one request. Decided is from the probabilities in double precision, before they are rounded to
 * what is answered, so that calibration never changes which class is the likeliest.
 *
 * @param asked what the request asked for
 * @param decision of the version; null exactly when only what is served is looked at
 * @param calibrator from logits to probabilities, under the prior asked for; null likewise
 * @param thresholds null if they do not decide
 */
record AppliedDecision(
        AskedDecision asked,
        @Nullable Decision decision,
        @Nullable Calibrator calibrator,
        @Nullable Thresholds thresholds) {

    /** What was done, in an answer. */
    @Schema(name = "AppliedDecision", description = "What was made of the probabilities that the model serves")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            @Schema(description = "T of softmax(z / T), which the probabilities are of") @Nullable Double temperature,

            @Schema(description = "The class prior they stand for, as it was asked for") @Nullable String prior,

            @Schema(description = "The target of the thresholds that decided")
            Decision.@Nullable ChosenTarget decision,

            @Schema(description = "Probability below which no class is given") @Nullable Double abstainBelow) {}

    Shown shown() {
        return new Shown(
                decision == null ? null : (Double) decision.temperature(),
                asked.prior(),
                thresholds == null || decision == null ? null : decision.target(),
                asked.abstainBelow());
    }

    /** The output of the network that it is made of. */
    String source() {
        return calibrator == null ? LoadedModel.PROBABILITIES : LoadedModel.LOGITS;
    }

    /** For a request that wants nothing else of the network. */
    Engine.Wanted wanted(@Nullable Duration timeout) {
        var outputs = Set.of(source());
        return new Engine.Wanted() {

            @Override
            public Set<String> outputs() {
                return outputs;
            }

            @Override
            public @Nullable Duration timeout() {
                return timeout;
            }
        };
    }

    /**
     * The probabilities of one sample.
     *
     * @param scores of {@link #source}
     * @param offset where those of the sample begin
     * @param into {@code [classes]}
     */
    void probabilities(float[] scores, int offset, double[] into) {
        if (calibrator != null) {
            calibrator.probabilities(scores, offset, into);
            return;
        }
        for (int k = 0; k < into.length; k++) {
            into[k] = scores[offset + k];
        }
    }

    /**
     * The class that is given.
     *
     * @param probabilities of one sample
     * @return a class, or {@link Thresholds#NONE}
     */
    int decide(double[] probabilities) {
        int chosen = thresholds == null
                ? Calibrator.likeliest(probabilities, 0, probabilities.length)
                : thresholds.decide(probabilities, 0);
        var least = asked.abstainBelow();
        return chosen == Thresholds.NONE || (least != null && probabilities[chosen] < least) ? Thresholds.NONE : chosen;
    }
}
