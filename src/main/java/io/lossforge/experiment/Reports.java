package io.lossforge.experiment;

import io.lossforge.experiment.ExperimentRuns.Run;
import io.lossforge.job.JobAnalyses;
import io.lossforge.job.JobEvaluations;
import io.lossforge.job.JobOutputs;
import io.lossforge.metric.MetricPoints;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Evaluation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Gathers what the jobs of an experiment left behind, and makes the report of it. Reads a few statements' worth of some hundred jobs at a
 * time, of which only what the report needs stays in memory.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Reports {

    private static final int JOBS_AT_A_TIME = 250;

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
        var batch = new TreeMap<Integer, List<Long>>();
        int jobs = 0;
        for (var cell : runs.trainingCounts(experiment.id()).entrySet()) {
            batch.put(cell.getKey(), cell.getValue());
            jobs += runsOf.getOrDefault(cell.getKey(), List.of()).size();
            if (jobs >= JOBS_AT_A_TIME) {
                classes = add(design, batch, runsOf, results, classes);
                batch.clear();
                jobs = 0;
            }
        }
        classes = add(design, batch, runsOf, results, classes);
        return new Report(
                experiment.id(),
                experiment.name,
                results.stream().mapToLong(cell -> cell.seeds().size()).sum(),
                design.jobs(),
                classes,
                Comparison.settings(results),
                Report.Method.standard());
    }

    /**
     * Adds the results of some cells.
     *
     * @param cells training counts by cell
     * @return names of the classes, once a job says them
     */
    private List<String> add(
            Design design,
            SortedMap<Integer, List<Long>> cells,
            Map<Integer, List<Run>> runsOf,
            List<CellResults> results,
            List<String> classes) {
        var left = left(cells.keySet().stream()
                .flatMap(cell -> runsOf.getOrDefault(cell, List.of()).stream())
                .map(Run::job)
                .toList());
        cells.forEach((cell, counts) -> {
            var done = runsOf.getOrDefault(cell, List.of()).stream()
                    .filter(run -> left.test.containsKey(run.job()))
                    .toList();
            results.add(CellResults.of(
                    cell,
                    design.label(cell),
                    design.setting(cell),
                    design.baselineOf(cell),
                    counts,
                    done.stream().map(left::result).toList(),
                    left.curves(done)));
        });
        return classes.isEmpty()
                ? left.test.values().stream()
                        .findFirst()
                        .map(Evaluation::classes)
                        .orElse(classes)
                : classes;
    }

    private Left left(List<UUID> jobs) {
        return new Left(
                evaluations.of(jobs, "test"),
                evaluations.balancedAccuracies(jobs, "validation"),
                analyses.meanRelativeGaps(jobs, "test"),
                outputs.testCorrect(jobs),
                Map.of(
                        "balancedAccuracy", points.byEpoch(jobs, "validation", "balancedAccuracy"),
                        "loss", points.byEpoch(jobs, "validation", "loss")));
    }

    /** What some jobs left behind, by job. */
    private record Left(
            Map<UUID, Evaluation> test,
            Map<UUID, Double> validation,
            Map<UUID, Double> relativeGaps,
            Map<UUID, BitSet> correct,
            Map<String, Map<UUID, SortedMap<Integer, Double>>> curves) {

        JobResult result(Run run) {
            return new JobResult(
                    run.seed(),
                    Objects.requireNonNull(test.get(run.job())),
                    validation.get(run.job()),
                    relativeGaps.get(run.job()),
                    correct.get(run.job()));
        }

        Map<String, List<SortedMap<Integer, Double>>> curves(List<Run> done) {
            var ofCell = new LinkedHashMap<String, List<SortedMap<Integer, Double>>>();
            curves.forEach((metric, ofJobs) -> ofCell.put(
                    metric,
                    done.stream()
                            .filter(run -> ofJobs.containsKey(run.job()))
                            .map(run -> Objects.requireNonNull(ofJobs.get(run.job())))
                            .toList()));
            return ofCell;
        }
    }
}
