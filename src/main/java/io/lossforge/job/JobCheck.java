package io.lossforge.job;

import io.lossforge.catalogue.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the check of a job's document says.
 *
 * @param job null if anything is wrong
 * @param malformed what makes it no specification
 * @param impossible what can't be carried out with the datasets there are; only looked at where it is well formed
 */
public record JobCheck(@Nullable CheckedJob job, List<Violation> malformed, List<Violation> impossible) {}
