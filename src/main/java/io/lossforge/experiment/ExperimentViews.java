package io.lossforge.experiment;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.lossforge.experiment.ExperimentAnswers.Cell;
import io.lossforge.experiment.ExperimentAnswers.Links;
import io.lossforge.experiment.ExperimentAnswers.Run;
import io.lossforge.experiment.ExperimentAnswers.Submitted;
import io.lossforge.experiment.ExperimentAnswers.Summary;
import io.lossforge.experiment.ExperimentAnswers.Whole;
import io.lossforge.job.ExperimentJobs;
import io.lossforge.job.ExperimentJobs.Tally;
import io.lossforge.job.JobDurations;
import io.lossforge.job.JobHeads;
import io.lossforge.job.JobHeads.Head;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Experiments as the interface shows them. */
@Component
@ConditionalOnRole(Role.SERVER)
class ExperimentViews {

    private final ExperimentJobs jobs;
    private final ExperimentRuns runs;
    private final JobHeads heads;
    private final JobDurations durations;

    ExperimentViews(ExperimentJobs jobs, ExperimentRuns runs, JobHeads heads, JobDurations durations) {
        this.jobs = jobs;
        this.runs = runs;
        this.heads = heads;
        this.durations = durations;
    }

    static Submitted submitted(ExperimentPlan plan, @Nullable UUID id) {
        var estimate = plan.estimate();
        return new Submitted(
                id,
                plan.design().name(),
                plan.cells().size(),
                plan.design().seeds().size(),
                plan.design().jobs(),
                estimate == null
                        ? null
                        : Duration.ofSeconds(Math.max(1, estimate.toSeconds())).toString(),
                plan.noEstimate(),
                plan.summary(),
                plan.warnings(),
                String.valueOf(plan.cells().get(0).spec().model()),
                id == null ? null : Links.of(id));
    }

    List<Summary> summaries(List<Experiment> experiments) {
        var tallies = jobs.tallies(experiments.stream().map(Experiment::id).toList());
        return experiments.stream()
                .map(experiment -> summary(experiment, tallies.getOrDefault(experiment.id(), Tally.NONE)))
                .toList();
    }

    private static Summary summary(Experiment experiment, Tally tally) {
        long all = experiment.design().jobs();
        return new Summary(
                experiment.id(),
                experiment.name,
                ExperimentState.of(tally.states(), all),
                tally.progress() / all,
                all,
                tally.states(),
                experiment.createdAt,
                Links.of(experiment.id()));
    }

    Whole whole(Experiment experiment) {
        var summary = summaries(List.of(experiment)).get(0);
        var design = experiment.design();
        var all = runs.runs(experiment.id());
        var states = heads.of(all.stream().map(ExperimentRuns.Run::job).toList());
        var runsOf = all.stream()
                .filter(run -> states.containsKey(run.job()))
                .collect(groupingBy(ExperimentRuns.Run::cell, mapping(run -> run(run, states), toList())));
        var cells = new ArrayList<Cell>();
        for (int cell = 0; cell < design.cells(); cell++) {
            cells.add(new Cell(
                    cell,
                    design.label(cell),
                    design.setting(cell),
                    design.baselineOf(cell) == cell,
                    runsOf.getOrDefault(cell, List.of())));
        }
        return new Whole(
                summary.id(),
                summary.name(),
                summary.state(),
                summary.progress(),
                summary.jobs(),
                summary.states(),
                summary.createdAt(),
                estimatedEnd(experiment, all, states),
                experiment.document,
                experiment.seeds,
                cells,
                summary.links());
    }

    private static Run run(ExperimentRuns.Run run, Map<UUID, Head> heads) {
        var head = Objects.requireNonNull(heads.get(run.job()));
        return new Run(run.seed(), run.job(), head.state(), head.progress());
    }

    /** By what is left of each unfinished job, on the slots that there are; other jobs in the queue are not counted in. */
    private @Nullable Instant estimatedEnd(Experiment experiment, List<ExperimentRuns.Run> all, Map<UUID, Head> heads) {
        var unfinished = all.stream()
                .filter(run -> heads.containsKey(run.job())
                        && !Objects.requireNonNull(heads.get(run.job())).state().isFinished())
                .toList();
        if (unfinished.isEmpty()) {
            return null;
        }
        var checks = jobs.check(runs.cells(experiment.id()).stream()
                .map(ExperimentRuns.Cell::spec)
                .toList());
        if (checks.stream().anyMatch(check -> check.job() == null)) {
            return null;
        }
        var perRun = durations.of(checks.stream()
                .map(check -> Objects.requireNonNull(check.job()))
                .toList());
        double millis = 0;
        for (var run : unfinished) {
            var duration = perRun.get(run.cell());
            if (duration.isEmpty()) {
                return null;
            }
            millis += duration.get().toMillis()
                    * (1 - Objects.requireNonNull(heads.get(run.job())).progress());
        }
        return jobs.now().plusMillis(Math.round(millis / durations.slots()));
    }
}
