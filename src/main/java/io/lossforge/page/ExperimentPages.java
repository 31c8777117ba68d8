package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/** The list of experiments, a form for a new one, and the page of one. */
@Controller
@ConditionalOnRole(Role.SERVER)
class ExperimentPages {

    /** More are counted by combination, not shown each: a page with thousands of links is no use. */
    private static final long MOST_RUNS = 1000;

    private static final int MOST_ROWS = 200;

    private static final String FIRST_SCORE = "balancedAccuracy";

    /** Whether what is answered replaces parts of a page that is there, each where it is. */
    private static final String PART = "part";

    private final Api api;
    private final JsonMapper json;

    ExperimentPages(Api api, JsonMapper json) {
        this.api = api;
        this.json = json;
    }

    /**
     * A combination in the grid.
     *
     * @param runs one for each seed; null where the job was deleted
     * @param states how many runs are in each state
     */
    record GridRow(Map<?, ?> cell, List<@Nullable Object> runs, Map<String, Integer> states) {}

    @GetMapping("/experiments")
    String list(@RequestParam(required = false) @Nullable String pageToken, Model page) {
        var token = pageToken == null ? "" : pageToken;
        page.addAttribute("experiments", api.get("/experiments?pageSize=50&pageToken={pageToken}", token));
        page.addAttribute("pageToken", token);
        return "experiments";
    }

    @GetMapping("/experiments/new")
    String form(@RequestParam(required = false) @Nullable String dataset, Model page) {
        page.addAttribute("dataset", dataset == null ? "digits" : dataset);
        page.addAttribute("datasets", api.get("/datasets?pageSize=500").get("datasets"));
        page.addAttribute("losses", api.get("/losses").get("losses"));
        page.addAttribute("architectures", api.get("/architectures").get("architectures"));
        return "experiment-new";
    }

    @GetMapping("/experiments/{id}")
    String experiment(@PathVariable UUID id, Model page) {
        live(id, page);
        report(id, page);
        page.addAttribute(
                "document",
                json.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(experimentIn(page).get("document")));
        return "experiment";
    }

    /** The part of the page that changes while jobs run. */
    @GetMapping("/experiments/{id}/live")
    String live(@PathVariable UUID id, Model page) {
        page.addAttribute(PART, true);
        var experiment = api.get("/experiments/{id}", id);
        var cells = entries(experiment, "cells");
        var seeds = entries(experiment, "seeds");
        page.addAttribute("experiment", experiment);
        page.addAttribute("each", ((Number) Objects.requireNonNull(experiment.get("jobs"))).longValue() <= MOST_RUNS);
        page.addAttribute(
                "rows",
                cells.stream()
                        .limit(MOST_ROWS)
                        .map(cell -> row((Map<?, ?>) cell, seeds))
                        .toList());
        page.addAttribute("cells", cells.size());
        return "experiment-parts :: live";
    }

    /** What the jobs that have succeeded came to. */
    @GetMapping("/experiments/{id}/results")
    String report(@PathVariable UUID id, Model page) {
        page.addAttribute(PART, true);
        var report = api.get("/experiments/{id}/report", id);
        page.addAttribute("report", report);
        page.addAttribute("scores", Score.OF_EXPERIMENTS);
        page.addAttribute(
                "plots",
                entries(report, "settings").stream()
                        .map(ExperimentPages::differences)
                        .toList());
        return "experiment-parts :: report";
    }

    private static GridRow row(Map<?, ?> cell, List<?> seeds) {
        var bySeed = new HashMap<Long, Object>();
        var states = new HashMap<String, Integer>();
        for (var run : (List<?>) Objects.requireNonNull(cell.get("runs"))) {
            var document = (Map<?, ?>) run;
            bySeed.put(((Number) Objects.requireNonNull(document.get("seed"))).longValue(), run);
            states.merge(String.valueOf(document.get("state")), 1, Integer::sum);
        }
        var runs = new ArrayList<@Nullable Object>();
        seeds.forEach(seed -> runs.add(bySeed.get(((Number) seed).longValue())));
        return new GridRow(cell, runs, states);
    }

    /** Differences of balanced accuracy from the baseline, in percentage points. */
    private static IntervalPlot differences(Object setting) {
        var intervals = new ArrayList<IntervalPlot.@Nullable Interval>();
        for (var cell : (List<?>) Objects.requireNonNull(((Map<?, ?>) setting).get("cells"))) {
            var differences = (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) cell).get("differences"));
            intervals.add(differences.get(FIRST_SCORE) instanceof Map<?, ?> found ? interval(found) : null);
        }
        return IntervalPlot.aroundZero(intervals);
    }

    private static IntervalPlot.Interval interval(Map<?, ?> difference) {
        double mean = points(Objects.requireNonNull(difference.get("mean")));
        return new IntervalPlot.Interval(
                mean,
                difference.get("lower") instanceof Number lower ? points(lower) : mean,
                difference.get("upper") instanceof Number upper ? points(upper) : mean);
    }

    private static double points(Object rate) {
        return 100 * ((Number) rate).doubleValue();
    }

    private static Map<?, ?> experimentIn(Model page) {
        return (Map<?, ?>) Objects.requireNonNull(page.getAttribute("experiment"));
    }

    private static List<?> entries(Map<String, Object> document, String name) {
        return (List<?>) Objects.requireNonNull(document.get(name));
    }
}
