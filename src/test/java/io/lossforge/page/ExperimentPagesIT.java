package io.lossforge.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;

/** An experiment in a browser, from the form to the verdict. */
@BrowserTest
@Tag("long")
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
@Timeout(300)
class ExperimentPagesIT {

    private static final HasCountOptions SOON = new HasCountOptions().setTimeout(180_000);

    @LocalServerPort
    int port;

    @Test
    void isSubmittedFillsUpAndReports(Page page) {
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        var http = new Http(port);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> http.get("/api/v1/datasets/digits").status() == 200);
        page.navigate("http://localhost:%d/experiments/new?dataset=digits".formatted(port));
        assertThat(page.locator("#summary")).containsText("2 combinations × 6 seeds: 12 jobs");
        Accessible.check(page);

        page.locator("input[name=name]").fill("No Such Name");
        assertThat(page.locator("input[name=name] + .field-error")).containsText("must be 1 to 63 of a-z");
        assertThat(page.locator("#summary")).hasText("Not an experiment yet.");
        Accessible.check(page);
        page.locator("input[name=name]").fill("in-a-browser");
        page.locator("select[name=architecture]").selectOption("linear");
        page.locator("input[name=epochs]").fill("2");
        page.locator("input[name=batchSize]").fill("256");
        page.locator("input[name=seeds]").fill("1-2");
        page.locator("[data-loss=lgl-inr] [data-parameter=beta]").fill("1, -2");
        assertThat(page.locator("[data-parameter=beta] + .field-error").first()).containsText("must be");
        page.locator("[data-loss=lgl-inr] [data-parameter=beta]").fill("1, 2");
        assertThat(page.locator("#summary")).containsText("3 combinations × 2 seeds: 6 jobs");
        assertThat(page.locator("#curl")).containsText("\"beta\": 2");

        button(page, "Start the experiment").click();
        assertThat(page).hasURL(Pattern.compile(".*/experiments/[0-9a-f-]{36}"));
        assertThat(page).hasTitle("in-a-browser · Lossforge");
        page.evaluate("window.notReloaded = true");
        assertThat(page.locator(".run")).hasCount(6);
        assertThat(page.locator(".run.good")).hasCount(6, SOON);
        assertThat(page.locator("#report")).hasAttribute("data-succeeded", "6");
        assertThat(page.locator(".verdicts li")).hasCount(3);
        assertThat(page.locator(".verdicts")).containsText("the baseline that the others are compared with");
        assertThat(page.locator(".differences .mean")).hasCount(2);
        assertThat(page.locator("#curves canvas")).hasCount(2);
        Accessible.check(page);

        page.locator("input[name=seeds]").fill("three");
        button(page, "Add them").click();
        assertThat(page.locator("#seeds-wrong")).containsText("“three” is no whole number");
        page.locator("input[name=seeds]").fill("3");
        button(page, "Add them").click();
        assertThat(page.locator(".run")).hasCount(9);
        assertThat(page.locator(".run.good")).hasCount(9, SOON);
        assertThat(page.locator("#report")).hasAttribute("data-succeeded", "9");
        org.assertj.core.api.Assertions.assertThat(page.evaluate("window.notReloaded"))
                .isEqualTo(true);

        var filtered =
                page.navigate("http://localhost:%d/jobs?state=SUCCEEDED&dataset=digits&pageToken=".formatted(port));
        org.assertj.core.api.Assertions.assertThat(filtered.status()).isEqualTo(200);
        assertThat(page.locator("tbody tr").nth(8)).isVisible();
        page.navigate("http://localhost:%d/experiments".formatted(port));
        assertThat(page.locator("tbody tr").first()).containsText("in-a-browser");
        Accessible.check(page);
        page.locator("tbody a").first().click();
        page.onDialog(dialog -> dialog.accept());
        button(page, "Delete").click();
        assertThat(page).hasURL(Pattern.compile(".*/experiments$"));
        assertThat(page.locator("main")).not().containsText("in-a-browser");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
