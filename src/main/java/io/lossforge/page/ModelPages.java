package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The list of models, and the pages of one: versions, aliases, a comparison, and a place to try it. */
@Controller
@ConditionalOnRole(Role.SERVER)
class ModelPages {

    /** What a bare model name means. */
    private static final String PRODUCTION = "production";

    private static final int CHANGES_SHOWN = 20;

    private final Api api;

    ModelPages(Api api) {
        this.api = api;
    }

    @GetMapping("/models")
    String list(@RequestParam(required = false) @Nullable String pageToken, Model page) {
        var models = api.get("/models?pageSize=50&pageToken={pageToken}", pageToken == null ? "" : pageToken);
        page.addAttribute("models", models);
        page.addAttribute("first", pageToken == null || pageToken.isEmpty());
        page.addAttribute(
                "aliases",
                entries(models, "models").stream().map(ModelPages::aliasesOf).toList());
        return "models";
    }

    @GetMapping("/models/{name}")
    String versions(@PathVariable String name, @RequestParam(required = false) @Nullable String pageToken, Model page) {
        head(name, "versions", page);
        var versions = api.get(
                "/models/{name}/versions?pageSize=50&pageToken={pageToken}", name, pageToken == null ? "" : pageToken);
        page.addAttribute("versions", versions);
        page.addAttribute("first", pageToken == null || pageToken.isEmpty());
        page.addAttribute("scores", Score.OF_VERSIONS);
        page.addAttribute("best", Score.best(entries(versions, "versions")));
        return "model";
    }

    @GetMapping("/models/{name}/versions/{version}")
    String version(@PathVariable String name, @PathVariable int version, Model page) {
        head(name, "versions", page);
        page.addAttribute("version", api.get("/models/{name}/versions/{version}", name, version));
        page.addAttribute("scores", Score.OF_VERSIONS);
        return "model-version";
    }

    @GetMapping("/models/{name}/aliases")
    String aliases(@PathVariable String name, Model page) {
        liveAliases(name, page);
        return "model-aliases";
    }

    /** The part of the page that changes. */
    @GetMapping("/models/{name}/aliases/live")
    String liveAliases(@PathVariable String name, Model page) {
        head(name, "aliases", page);
        page.addAttribute(
                "aliases",
                entries(api.get("/models/{name}", name), "aliases").stream()
                        .map(alias -> (Map<?, ?>) alias)
                        .map(alias -> PointedAlias.of(
                                alias,
                                api.get(
                                        "/models/{name}/aliases/{alias}/history?pageSize=" + CHANGES_SHOWN,
                                        name,
                                        String.valueOf(alias.get("alias")))))
                        .toList());
        page.addAttribute("versions", newest(name));
        return "model-aliases :: live";
    }

    @GetMapping("/models/{name}/compare")
    String compare(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable Integer first,
            @RequestParam(required = false) @Nullable Integer second,
            Model page) {
        head(name, "compare", page);
        var versions = newest(name);
        page.addAttribute("versions", versions);
        page.addAttribute("chosenFirst", first != null ? first : number(versions, 1));
        page.addAttribute("chosenSecond", second != null ? second : number(versions, 0));
        return "model-compare";
    }

    /**
     * A place to ask a model.
     *
     * @param of the version, or an alias with @ before it; as a bare name means it where absent
     * @param against another to ask the same
     */
    @GetMapping("/models/{name}/try")
    String tryIt(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String of,
            @RequestParam(required = false) @Nullable String against,
            Model page) {
        head(name, "try", page);
        var versions = newest(name);
        page.addAttribute("versions", versions);
        page.addAttribute("of", of == null ? "" : of);
        page.addAttribute("against", against == null ? "" : against);
        page.addAttribute(
                "version",
                api.get("/models/{name}/versions/{version}", name, asked(of == null ? "" : of, page, versions)));
        return "model-try";
    }

    /** The number of a version whose input is what will be asked for. */
    private static Object asked(String of, Model page, List<?> versions) {
        if (of.matches("[1-9][0-9]{0,8}")) {
            return of;
        }
        var alias = of.startsWith("@") ? of.substring(1) : PRODUCTION;
        return aliasesOf(Objects.requireNonNull(page.getAttribute("model"))).stream()
                .filter(each -> each.name().equals(alias))
                .findFirst()
                .<Object>map(each -> each.parts().get(0).version())
                .orElseGet(() -> number(versions, 0));
    }

    private void head(String name, String tab, Model page) {
        var model = api.get("/models/{name}", name);
        page.addAttribute("model", model);
        page.addAttribute("tab", tab);
        page.addAttribute("aliases", aliasesOf(model));
        page.addAttribute(
                PRODUCTION,
                aliasesOf(model).stream()
                        .filter(alias -> alias.name().equals(PRODUCTION))
                        .findFirst()
                        .orElse(null));
    }

    private List<?> newest(String name) {
        return entries(api.get("/models/{name}/versions?pageSize=100", name), "versions");
    }

    /** The number of a version in a list, or of its last. */
    private static Object number(List<?> versions, int at) {
        var version = (Map<?, ?>) versions.get(Math.min(at, versions.size() - 1));
        return Objects.requireNonNull(version.get("version"));
    }

    private static List<PointedAlias> aliasesOf(Object model) {
        return ((List<?>) Objects.requireNonNull(((Map<?, ?>) model).get("aliases")))
                .stream()
                        .map(alias -> PointedAlias.of((Map<?, ?>) alias, Map.of()))
                        .toList();
    }

    private static List<?> entries(Map<String, Object> document, String name) {
        return (List<?>) Objects.requireNonNull(document.get(name));
    }
}
