package io.lossforge.experiment;

import io.lossforge.experiment.CellResults.Result;
import io.lossforge.experiment.ExperimentRuns.Run;
import io.lossforge.job.JobAnalyses;
import io.lossforge.job.JobEvaluations;
import io.lossforge.job.JobOutputs;
import io.lossforge.metric.MetricPoints;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Outputs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gathers what the jobs of an experiment left behind, and makes the report of it. */
@Component
@ConditionalOnRole(Role.SERVER)
class Reports {

    private final ExperimentRuns runs;
    private final JobEvaluations evaluations;
    private final JobAnalyses analyses;
    private final JobOutputs outputs;
    private final MetricPoints points;

    Reports(
            ExperimentRuns runs,
            JobEvaluations evaluations,
            JobAnalyses analyses,
            JobOutputs outputs,
            MetricPoints points) {
        this.runs = runs;
        this.evaluations = evaluations;
        this.analyses = analyses;
        this.outputs = outputs;
        this.points = points;
    }

    Report of(Experiment experiment) {
        var design = experiment.design();
        var runsOf = runs.runs(experiment.id()).stream().collect(Collectors.groupingBy(Run::cell));
        var results = new ArrayList<CellResults>();
        List<String> classes = List.of();
        for (var cell : runs.cells(experiment.id())) {
            var gathered = results(design, cell, runsOf.getOrDefault(cell.number(), List.of()));
            results.add(gathered);
            if (classes.isEmpty() && !gathered.results().isEmpty()) {
                classes = gathered.results().get(0).test().classes();
            }
        }
        return new Report(
                experiment.id(),
                experiment.name,
                results.stream().mapToLong(cell -> cell.results().size()).sum(),
                design.jobs(),
                classes,
                Comparison.settings(results),
                Report.Method.standard());
    }

    private CellResults results(Design design, ExperimentRuns.Cell cell, List<Run> runsOfCell) {
        var jobs = runsOfCell.stream().map(Run::job).toList();
        var test = evaluations.of(jobs, "test");
        var validation = evaluations.of(jobs, "validation");
        var done =
                runsOfCell.stream().filter(run -> test.containsKey(run.job())).toList();
        return new CellResults(
                cell.number(),
                design.label(cell.number()),
                design.setting(cell.number()),
                design.baselineOf(cell.number()),
                cell.trainingCounts(),
                done.stream()
                        .map(run -> new Result(
                                run.seed(),
                                Objects.requireNonNull(test.get(run.job())),
                                validation.get(run.job()),
                                relativeGap(run.job()),
                                correct(run.job())))
                        .toList(),
                Map.of(
                        "balancedAccuracy", curves(done, "balancedAccuracy"),
                        "loss", curves(done, "loss")));
    }

    private @Nullable Double relativeGap(UUID job) {
        return analyses.of(job, "test")
                .map(analysis -> analysis.multiModality().meanRelativeGap())
                .orElse(null);
    }

    private @Nullable BitSet correct(UUID job) {
        return outputs.of(job).map(Reports::correct).orElse(null);
    }

    private static BitSet correct(Outputs outputs) {
        var correct = new BitSet();
        for (int i = 0; i < outputs.testActual().length; i++) {
            correct.set(i, outputs.testPredicted()[i] == outputs.testActual()[i]);
        }
        return correct;
    }

    private List<SortedMap<Integer, Double>> curves(List<Run> done, String metric) {
        List<UUID> jobs = done.stream().map(Run::job).toList();
        return List.copyOf(points.byEpoch(jobs, "validation", metric).values());
    }
}
