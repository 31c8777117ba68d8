package io.lossforge.job;

import io.lossforge.web.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which split an answer is about. */
final class SplitChoice {

    private static final List<String> BY_PREFERENCE = List.of("test", "validation", "train", "all", JobInputs.SPLIT);

    private SplitChoice() {}

    /**
     * The split asked for, or the most telling one.
     *
     * @param known those that there are answers for
     * @param what the answer is, such as {@code evaluation}
     * @throws ApiException 404 {@code <what>-not-found} if there is none
     */
    static String of(TrainingJob job, @Nullable String asked, List<String> known, String what) {
        var wanted = asked != null
                ? asked
                : BY_PREFERENCE.stream().filter(known::contains).findFirst().orElse("test");
        if (!known.contains(wanted)) {
            throw ApiException.notFound(
                    what + "-not-found",
                    known.isEmpty()
                            ? "job %s: %s, its %s comes when it succeeds".formatted(job.id(), job.state, what)
                            : "job %s has no %s of split \"%s\"; there are: %s"
                                    .formatted(job.id(), what, wanted, String.join(", ", known)));
        }
        return wanted;
    }
}
