package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/** The list of jobs, and the pages of one. */
@Controller
@ConditionalOnRole(Role.SERVER)
class JobPages {

    private static final List<String> RESULTS_OF = List.of("test", "validation", "train");

    /** What a loss demands, it demands of the samples trained on. */
    private static final List<String> ANALYSES_OF = List.of("train", "validation", "test");

    private static final int MOST_CLASSES = 200;

    private final Api api;
    private final JsonMapper json;

    JobPages(Api api, JsonMapper json) {
        this.api = api;
        this.json = json;
    }

    @GetMapping("/jobs")
    String list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String dataset,
            @RequestParam(required = false) @Nullable String pageToken,
            Model page) {
        var chosen = state == null ? "" : state;
        page.addAttribute("state", chosen);
        page.addAttribute("dataset", dataset == null ? "" : dataset);
        page.addAttribute("first", pageToken == null || pageToken.isEmpty());
        page.addAttribute(
                "jobs",
                api.get(
                        "/jobs?pageSize=50&dataset={dataset}&pageToken={pageToken}"
                                + (chosen.isEmpty() ? "" : "&state={state}"),
                        dataset == null ? "" : dataset,
                        pageToken == null ? "" : pageToken,
                        chosen));
        return "jobs";
    }

    @GetMapping("/jobs/{id}")
    String job(@PathVariable UUID id, Model page) {
        head(id, page);
        page.addAttribute("tab", "curves");
        return "job";
    }

    /** The part of the page that changes. */
    @GetMapping("/jobs/{id}/head")
    String head(@PathVariable UUID id, Model page) {
        page.addAttribute("job", api.get("/jobs/{id}", id));
        return "job-parts :: head";
    }

    @GetMapping("/jobs/{id}/results")
    String results(@PathVariable UUID id, @RequestParam(required = false) @Nullable String split, Model page) {
        head(id, page);
        page.addAttribute("tab", "results");
        bySplit(page, "/jobs/{id}/evaluation?split={split}", id, split, RESULTS_OF, "evaluation");
        page.addAttribute("rates", page.getAttribute("evaluation") instanceof Map<?, ?> found ? rates(found) : null);
        return "job-results";
    }

    @GetMapping("/jobs/{id}/learning-property")
    String learningProperty(@PathVariable UUID id, @RequestParam(required = false) @Nullable String split, Model page) {
        head(id, page);
        page.addAttribute("tab", "learning-property");
        bySplit(page, "/jobs/{id}/analysis?split={split}", id, split, ANALYSES_OF, "analysis");
        if (page.getAttribute("analysis") instanceof Map<?, ?> found) {
            page.addAttribute("names", names(found));
            page.addAttribute("heaviest", heaviest(found));
        }
        return "job-learning-property";
    }

    @GetMapping("/jobs/{id}/specification")
    String specification(@PathVariable UUID id, Model page) {
        var job = api.get("/jobs/{id}", id);
        page.addAttribute("job", job);
        page.addAttribute("tab", "specification");
        page.addAttribute("specification", json.writerWithDefaultPrettyPrinter().writeValueAsString(Shown.what(job)));
        return "job-specification";
    }

    @GetMapping("/jobs/{id}/log")
    String log(@PathVariable UUID id, Model page) {
        head(id, page);
        page.addAttribute("tab", "log");
        return "job-log";
    }

    /** The document of the split asked for, or of the first that there is. */
    private void bySplit(Model page, String path, UUID id, @Nullable String split, List<String> order, String name) {
        for (var candidate : split == null ? order : List.of(split)) {
            Map<String, Object> found = api.find(path, id, candidate).orElse(null);
            if (found != null) {
                page.addAttribute(name, found);
                page.addAttribute("split", candidate);
                return;
            }
        }
        page.addAttribute(name, null);
        page.addAttribute("split", split == null ? order.get(0) : split);
    }

    /** Each row of the confusion matrix over its sum; null with more classes than a page has room for. */
    private static @Nullable List<List<Double>> rates(Map<?, ?> evaluation) {
        var confusion = Members.list(evaluation, "confusion");
        if (confusion.size() > MOST_CLASSES) {
            return null;
        }
        return confusion.stream().map(row -> rates((List<?>) row)).toList();
    }

    private static List<Double> rates(List<?> counts) {
        double sum = counts.stream().mapToDouble(JobPages::number).sum();
        return counts.stream().map(count -> sum == 0 ? 0 : number(count) / sum).toList();
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    /** The largest weight of LGL-INR; 1 of another loss. */
    private static double heaviest(Map<?, ?> analysis) {
        return analysis.get("reweighting") instanceof Map<?, ?> reweighting
                ? Members.list(reweighting, "perClass").stream()
                        .mapToDouble(each -> number(Members.value((Map<?, ?>) each, "largestWeight")))
                        .max()
                        .orElse(1)
                : 1;
    }

    private static List<String> names(Map<?, ?> analysis) {
        return Members.list(analysis, "classes").stream()
                .map(each -> String.valueOf(((Map<?, ?>) each).get("class")))
                .toList();
    }
}
