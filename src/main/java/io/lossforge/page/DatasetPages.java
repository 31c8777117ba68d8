package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The list of datasets, with the form to send one, and the page of each. */
@Controller
@ConditionalOnRole(Role.SERVER)
class DatasetPages {

    private final Api api;

    DatasetPages(Api api) {
        this.api = api;
    }

    @GetMapping("/datasets")
    String list(@RequestParam(required = false) @Nullable String pageToken, Model page) {
        rows(pageToken, page);
        return "datasets";
    }

    /** The part of the list that changes when a dataset arrives. */
    @GetMapping("/datasets-list")
    String rows(@RequestParam(required = false) @Nullable String pageToken, Model page) {
        var token = pageToken == null ? "" : pageToken;
        var answer = api.get("/datasets?pageSize=50&pageToken={token}", token);
        page.addAttribute("first", token.isEmpty());
        page.addAttribute("datasets", shown(answer, "datasets"));
        page.addAttribute("nextPageToken", answer.get("nextPageToken"));
        return "datasets :: list";
    }

    @GetMapping("/datasets/{name}")
    String newest(
            @PathVariable String name,
            @RequestParam(defaultValue = "train") String split,
            @RequestParam(name = "class", required = false) @Nullable String className,
            Model page) {
        return show(api.get("/datasets/{name}", name), split, className, page);
    }

    @GetMapping("/datasets/{name}/versions/{version}")
    String version(
            @PathVariable String name,
            @PathVariable String version,
            @RequestParam(defaultValue = "train") String split,
            @RequestParam(name = "class", required = false) @Nullable String className,
            Model page) {
        return show(api.get("/datasets/{name}/versions/{version}", name, version), split, className, page);
    }

    private String show(Map<String, Object> document, String split, @Nullable String className, Model page) {
        var dataset = new ShownDataset(document);
        page.addAttribute("dataset", dataset);
        page.addAttribute("split", split);
        page.addAttribute("className", className == null ? "" : className);
        page.addAttribute(
                "versions",
                shown(api.get("/datasets/{name}/versions?pageSize=100", Members.value(document, "name")), "versions"));
        if (!dataset.isImages()) {
            page.addAttribute(
                    "samples",
                    api.find(
                                    dataset.address().substring("/api/v1".length())
                                            + "/samples?limit=20&split={split}"
                                            + (className == null || className.isEmpty() ? "" : "&class={class}"),
                                    split,
                                    className == null ? "" : className)
                            .orElse(null));
        }
        return "dataset";
    }

    private static List<ShownDataset> shown(Map<String, Object> answer, String member) {
        return Members.list(answer, member).stream()
                .map(each -> new ShownDataset((Map<?, ?>) each))
                .toList();
    }
}
