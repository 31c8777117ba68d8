package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page has, and a page for what a page could not show. Everything unexpected is answered as everywhere. */
@ControllerAdvice(basePackageClasses = PageFrame.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnRole(Role.SERVER)
class PageFrame {

    private static final List<String> CATALOGUE =
            List.of("losses", "architectures", "optimizers", "schedules", "samplers");

    private final Assets assets;
    private final Api api;
    private volatile @Nullable Shown shown;

    PageFrame(Assets assets, Api api) {
        this.assets = assets;
        this.api = api;
    }

    @ModelAttribute("assets")
    Assets assets() {
        return assets;
    }

    @ModelAttribute("shown")
    Shown shown() {
        var known = shown;
        if (known == null) {
            known = new Shown(usually());
            shown = known;
        }
        return known;
    }

    /** What the catalogue says does not change while the service runs. */
    private Map<String, Map<String, Object>> usually() {
        var usually = new HashMap<String, Map<String, Object>>();
        for (var kind : CATALOGUE) {
            for (var entry : Members.list(api.get("/" + kind), kind)) {
                var defaults = new HashMap<String, Object>();
                for (var parameter : Members.list((Map<?, ?>) entry, "parameters")) {
                    var described = (Map<?, ?>) parameter;
                    defaults.put(String.valueOf(described.get("name")), described.get("defaultValue"));
                }
                usually.put(String.valueOf(((Map<?, ?>) entry).get("name")), defaults);
            }
        }
        return usually;
    }

    /** Who is signed in; null where nobody needs to be. */
    @ModelAttribute("user")
    @Nullable String user(HttpServletRequest request) {
        return request.getRemoteUser();
    }

    /** What a request that changes something has to bring along; null where no session is kept. */
    @ModelAttribute("csrf")
    @Nullable CsrfToken csrf(HttpServletRequest request) {
        return (CsrfToken) request.getAttribute(CsrfToken.class.getName());
    }

    @ExceptionHandler
    String refused(RefusedPage refused, HttpServletRequest request, Model page, HttpServletResponse response) {
        response.setStatus(refused.status());
        page.addAttribute("problem", refused.problem());
        page.addAttribute("assets", assets);
        page.addAttribute("shown", shown());
        page.addAttribute("user", user(request));
        page.addAttribute("csrf", csrf(request));
        return "refused";
    }
}
