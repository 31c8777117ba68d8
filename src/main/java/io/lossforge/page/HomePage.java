package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What runs, what waits, who works, and the newest models. */
@Controller
@ConditionalOnRole(Role.SERVER)
class HomePage {

    private final Api api;

    HomePage(Api api) {
        this.api = api;
    }

    @GetMapping("/")
    String home(Model page) {
        live(page);
        return "home";
    }

    /** The part of the page that changes. */
    @GetMapping("/home/live")
    String live(Model page) {
        page.addAttribute("running", api.get("/jobs?state=RUNNING&state=STARTING&pageSize=50"));
        page.addAttribute("queue", api.get("/queue?pageSize=20"));
        page.addAttribute("workers", api.get("/workers"));
        page.addAttribute("recent", api.get("/jobs?pageSize=1"));
        page.addAttribute("finished", api.get("/jobs?state=SUCCEEDED&pageSize=8"));
        return "home :: live";
    }
}
