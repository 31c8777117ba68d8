package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;

/** Whether everybody can read and use a page. */
final class Accessible {

    private Accessible() {}

    /**
     * Checks what is shown against WCAG 2.1 AA, in the light on a wide screen and in the dark on a phone; and that nothing sticks out sideways
     * on either.
     */
    static void check(Page page) {
        check(page, ColorScheme.LIGHT, 1440);
        check(page, ColorScheme.DARK, 390);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.setViewportSize(1440, 1000);
    }

    private static void check(Page page, ColorScheme scheme, int width) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.setViewportSize(width, 1000);
        var found = new AxeBuilder(page)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"))
                .analyze()
                .getViolations();
        assertThat(found)
                .as("%s, %s, %d px".formatted(page.url(), scheme, width))
                .extracting(rule -> rule.getId() + ": " + rule.getHelp() + " "
                        + rule.getNodes().stream()
                                .map(node -> node.getTarget() + " " + node.getHtml())
                                .toList())
                .isEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("%s fits into %d px".formatted(page.url(), width))
                .isEqualTo(true);
    }
}
