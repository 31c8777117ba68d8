package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** Where a browser signs in with an API key. */
@Controller
@ConditionalOnRole(Role.SERVER)
class SignInPage {

    @GetMapping("/sign-in")
    String signIn(
            @RequestParam(required = false) @Nullable String refused,
            @ModelAttribute("csrf") @Nullable Object csrf,
            Model page) {
        if (csrf == null) {
            return "redirect:/"; // without keys there is nothing to sign in to
        }
        page.addAttribute("refused", refused != null);
        return "sign-in";
    }
}
