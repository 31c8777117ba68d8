package io.lossforge.experiment;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import io.lossforge.experiment.ExperimentRuns.Cell;
import io.lossforge.experiment.ExperimentRuns.Run;
import io.lossforge.job.CheckedJob;
import io.lossforge.job.ExperimentJobs;
import io.lossforge.job.JobCheck;
import io.lossforge.job.JobDurations;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.training.Catalogues;
import io.lossforge.web.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns a document into an experiment and its jobs, or says everything that is wrong with it. */
@Component
@ConditionalOnRole(Role.SERVER)
class ExperimentSubmissions {

    /** Enough to mend a document, and an answer that stays small. */
    private static final int MOST_VIOLATIONS = 100;

    private final Experiments experiments;
    private final ExperimentRuns runs;
    private final ExperimentJobs jobs;
    private final JobDurations durations;

    ExperimentSubmissions(Experiments experiments, ExperimentRuns runs, ExperimentJobs jobs, JobDurations durations) {
        this.experiments = experiments;
        this.runs = runs;
        this.jobs = jobs;
        this.durations = durations;
    }

    /**
     * Checks every combination as a job, and estimates how long they take. Nothing is stored.
     *
     * @throws InvalidDocument if it is no experiment, or a combination is no specification: with pointers into the experiment's document
     * @throws ApiException 422 if there are too many combinations, two are the same, or one can't be carried out
     */
    ExperimentPlan plan(JsonNode document) {
        var design = DesignDocument.read(document);
        var documents = IntStream.range(0, (int) design.cells())
                .mapToObj(design::document)
                .toList();
        var checks = jobs.check(documents);
        var malformed = violations(design, checks, JobCheck::malformed);
        if (!malformed.isEmpty()) {
            throw new InvalidDocument(malformed);
        }
        var impossible = violations(design, checks, JobCheck::impossible);
        if (!impossible.isEmpty()) {
            throw unprocessable(impossible);
        }
        var cells = checks.stream()
                .map(check -> Objects.requireNonNull(check.job()))
                .toList();
        var repeated = repeated(design, cells);
        if (!repeated.isEmpty()) {
            throw unprocessable(repeated);
        }
        return ExperimentPlan.of(design, cells, durations.of(cells), durations.slots());
    }

    private static List<Violation> violations(
            Design design, List<JobCheck> checks, Function<JobCheck, List<Violation>> kind) {
        var found = new LinkedHashSet<Violation>();
        for (int cell = 0; cell < checks.size() && found.size() < MOST_VIOLATIONS; cell++) {
            for (var violation : kind.apply(checks.get(cell))) {
                found.add(new Violation(design.source(cell, violation.pointer()), violation.detail()));
            }
        }
        return List.copyOf(found);
    }

    /** Combinations that are the same job under different values, such as a default that is left out and spelt out. */
    private static List<Violation> repeated(Design design, List<CheckedJob> cells) {
        var first = new HashMap<ObjectNode, Integer>();
        var found = new LinkedHashSet<Violation>();
        for (int cell = 0; cell < cells.size() && found.size() < MOST_VIOLATIONS; cell++) {
            var other = first.putIfAbsent(comparable(cells.get(cell)), cell);
            if (other != null) {
                found.add(repetition(design, other, cell));
            }
        }
        return List.copyOf(found);
    }

    private static ObjectNode comparable(CheckedJob job) {
        var spec = Catalogues.JSON.write(job.spec());
        spec.remove("name");
        return spec;
    }

    private static Violation repetition(Design design, int first, int second) {
        var left = design.choice(first);
        var right = design.choice(second);
        int axis = 0;
        while (left[axis] == right[axis]) {
            axis++;
        }
        var source = design.axes().get(axis).source();
        return new Violation(
                source + "/" + right[axis], "makes the same job as %s/%d: leave one out".formatted(source, left[axis]));
    }

    /** Queues every job of a plan, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    Experiment submit(ExperimentPlan plan, ObjectNode document, @Nullable String owner) {
        var experiment = experiments.save(Experiment.of(plan.design(), withoutDryRun(document), owner, jobs.now()));
        experiments.flush();
        runs.addCells(
                experiment.id(),
                IntStream.range(0, plan.cells().size())
                        .mapToObj(cell -> new Cell(
                                cell,
                                comparable(plan.cells().get(cell)),
                                plan.cells().get(cell).trainingCounts()))
                        .toList());
        queue(experiment, plan.cells(), Set.of());
        return experiment;
    }

    /**
     * Queues a job for every cell and seed that has none, be it that a seed is new or that a job was deleted. The cells train on the dataset
     * versions that they began with.
     *
     * @throws ApiException 422 if a cell can't be carried out any more
     */
    @Transactional(propagation = Propagation.MANDATORY)
    void complete(Experiment experiment) {
        var there = new HashSet<RunKey>();
        runs.runs(experiment.id()).forEach(run -> there.add(new RunKey(run.cell(), run.seed())));
        if (there.size() == experiment.design().jobs()) {
            return;
        }
        var checks =
                jobs.check(runs.cells(experiment.id()).stream().map(Cell::spec).toList());
        var violations = checks.stream()
                .flatMap(check -> Stream.concat(check.malformed().stream(), check.impossible().stream()))
                .distinct()
                .limit(MOST_VIOLATIONS)
                .toList();
        if (!violations.isEmpty()) {
            throw unprocessable(violations);
        }
        queue(
                experiment,
                checks.stream()
                        .map(check -> Objects.requireNonNull(check.job()))
                        .toList(),
                there);
    }

    /** The seeds outside, so that after each seed all cells can be compared. */
    private void queue(Experiment experiment, List<CheckedJob> cells, Set<RunKey> there) {
        var now = jobs.now();
        var queued = new ArrayList<Run>();
        for (long seed : experiment.seeds) {
            for (int cell = 0; cell < cells.size(); cell++) {
                if (!there.contains(new RunKey(cell, seed))) {
                    var checked = cells.get(cell);
                    var name = "%s/%d seed %d".formatted(experiment.name, cell, seed);
                    queued.add(new Run(
                            cell, seed, jobs.submit(experiment.id(), checked, name, seed, experiment.owner, now)));
                }
            }
        }
        jobs.submitted();
        runs.addRuns(experiment.id(), queued);
    }

    private static ObjectNode withoutDryRun(ObjectNode document) {
        var kept = document.deepCopy();
        kept.remove("dryRun");
        return kept;
    }

    private static ApiException unprocessable(List<Violation> violations) {
        return ApiException.unprocessable(
                "unprocessable",
                violations.stream()
                        .map(violation -> violation.pointer() + ": " + violation.detail())
                        .collect(Collectors.joining("; ")),
                violations);
    }

    private record RunKey(int cell, long seed) {}
}
