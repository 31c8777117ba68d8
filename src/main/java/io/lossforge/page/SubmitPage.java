package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/** The form that a job is submitted with. */
@Controller
@ConditionalOnRole(Role.SERVER)
class SubmitPage {

    private final Api api;
    private final JsonMapper json;

    SubmitPage(Api api, JsonMapper json) {
        this.api = api;
        this.json = json;
    }

    /**
     * The form.
     *
     * @param from a job to begin with a copy of
     * @param dataset to begin with, {@code name} or {@code name:version}
     * @param profile of a long tail to begin with
     * @param ratio of that long tail
     */
    @GetMapping("/jobs/new")
    String create(
            @RequestParam(required = false) @Nullable UUID from,
            @RequestParam(required = false) @Nullable String dataset,
            @RequestParam(required = false) @Nullable String profile,
            @RequestParam(required = false) @Nullable Double ratio,
            Model page) {
        var known = api.get("/datasets?pageSize=500");
        page.addAttribute("datasets", known);
        Map<String, Object> job = from == null ? null : api.get("/jobs/{id}", from);
        var again = job != null && job.get("spec") instanceof Map<?, ?> trained ? trained : null;
        page.addAttribute("from", again == null ? null : job); // a batch prediction has nothing to train again
        var spec = again == null ? new LinkedHashMap<String, Object>() : JobForm.again(again);
        if (dataset != null && !dataset.isEmpty()) {
            spec.put("dataset", dataset);
        }
        if (ratio != null) {
            spec.put("imbalance", Map.of("profile", profile == null ? "exponential" : profile, "ratio", ratio));
        }
        page.addAttribute("form", new JobForm(api, json, spec));
        dataset(spec.containsKey("dataset") ? String.valueOf(spec.get("dataset")) : first(known), page);
        return "job-new";
    }

    /** What depends on the dataset. */
    @GetMapping("/jobs/new/dataset")
    String dataset(@RequestParam String dataset, Model page) {
        page.addAttribute("reference", dataset);
        int colon = dataset.indexOf(':');
        var found = colon < 0
                ? api.find("/datasets/{name}", dataset)
                : api.find(
                        "/datasets/{name}/versions/{version}",
                        dataset.substring(0, colon),
                        dataset.substring(colon + 1));
        page.addAttribute("dataset", found.map(ShownDataset::new).orElse(null));
        return "job-new :: dataset";
    }

    /** The table of the dataset's classes. */
    @GetMapping("/jobs/new/counts")
    String counts(@RequestParam String dataset, Model page) {
        dataset(dataset, page);
        return "job-new :: counts";
    }

    private static String first(Map<?, ?> known) {
        var datasets = Members.list(known, "datasets");
        return datasets.isEmpty() ? "" : String.valueOf(((Map<?, ?>) datasets.get(0)).get("name"));
    }
}
