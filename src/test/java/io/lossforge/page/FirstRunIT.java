package io.lossforge.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.RequestOptions;
import io.lossforge.ServiceTest;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** From an empty service that asks for a key to a trained model, by mouse and keyboard alone. */
@BrowserTest
@ServiceTest({
    "lossforge.roles=all",
    "lossforge.data-directory=target/test-data/first-run",
    "lossforge.worker.threads=1",
    "lossforge.security.api-keys=ada=" + FirstRunIT.KEY
})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(240)
class FirstRunIT {

    static final String KEY = "a-key-for-the-first-run-in-a-browser";

    private static final HasTextOptions SOON = new HasTextOptions().setTimeout(120_000);

    @LocalServerPort
    int port;

    private String service;

    @BeforeEach
    void address() {
        service = "http://localhost:" + port;
    }

    @Test
    @Order(1)
    void aKeySignsInOnceAndOneClickTrainsAModel(Page page) {
        page.navigate(service + "/jobs?state=FAILED");
        assertThat(page).hasURL(service + "/sign-in");
        Accessible.check(page);
        signIn(page, "not-a-key-of-this-service");
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("This is not one of the service's API keys.");

        signIn(page, KEY);
        assertThat(page).hasURL(Pattern.compile(".*/jobs\\?state=FAILED.*"));
        assertThat(page.locator(".session")).containsText("ada");
        var cookie = page.context().cookies().stream()
                .filter(each -> each.name.equals("lossforge"))
                .findAny()
                .orElseThrow();
        assertThat(cookie.httpOnly).isTrue();
        assertThat(cookie.sameSite.name()).isEqualTo("STRICT");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Lossforge"))
                .first()
                .click();
        assertThat(page).hasTitle("Home · Lossforge");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Train your first model")))
                .isVisible();
        Accessible.check(page);

        button(page, "Train on digits").click();
        assertThat(page).hasURL(Pattern.compile(".*/jobs/[0-9a-f-]{36}"));
        assertThat(page.locator("#head .state")).hasText("succeeded", SOON);
        assertThat(page.locator(".plot").first()).containsText("loss");
        Accessible.check(page);

        link(page, "Results").click();
        assertThat(page.locator(".figures")).containsText("balanced accuracy");
        assertThat(page.locator("table.matrix").first().locator("tbody tr")).hasCount(10);
        assertThat(page.locator(".reliability .bars rect").count()).isPositive();
        Accessible.check(page);

        link(page, "Learning property").click();
        assertThat(page.locator(".verdict")).containsText("residual");
        page.locator(".sliders input").last().focus();
        page.keyboard().press("ArrowRight");
        assertThat(page.locator("#preview-answer")).containsText("balanced accuracy would go from");
        assertThat(page.locator("#preview-table tbody tr")).hasCount(10);
        Accessible.check(page);

        link(page, "Specification").click();
        assertThat(page.locator("pre")).containsText("\"lgl-inr\"");
        Accessible.check(page);
        link(page, "Log").click();
        assertThat(page.locator("#log")).not().isEmpty();
        Accessible.check(page);
    }

    @Test
    @Order(2)
    void aCurveGrowsWithoutAReloadAndTheJobPausesAndGoesOn(Page page) {
        page.navigate(service);
        signIn(page, KEY);
        page.navigate(service + "/jobs/" + submit(page, "a-long-one", 100_000));
        page.evaluate("window.notReloaded = true");
        var loss = page.locator(".plot").first();
        page.waitForCondition(() -> points(loss) > 0, new Page.WaitForConditionOptions().setTimeout(120_000));
        int before = points(loss);
        page.waitForCondition(() -> points(loss) > before + 10);
        assertThat(page.locator("#head .state")).hasText("running");

        button(page, "Pause").click();
        assertThat(page.locator("#head .state")).hasText("paused", SOON);
        button(page, "Resume").click();
        assertThat(page.locator("#head .state")).hasText("running", SOON);
        assertThat(page.evaluate("window.notReloaded")).isEqualTo(true);

        link(page, "Log").click();
        assertThat(page.locator("#log")).containsText("of 100000: training loss");
        assertThat(page.locator("#log").textContent().lines().filter(line -> line.contains("of 100000: training loss")))
                .doesNotHaveDuplicates();

        page.onceDialog(dialog -> dialog.accept());
        button(page, "Cancel").click();
        assertThat(page.locator("#head .state")).hasText("cancelled", SOON);
        assertThat(button(page, "Retry")).isVisible();
    }

    @Test
    @Order(3)
    void listsAndWhatIsNotThereHavePages(Page page) {
        page.navigate(service);
        signIn(page, KEY);
        var batch = id(post(page, "/models/digits:1/batch-predictions", Map.of("dataset", "digits")));
        page.navigate(service + "/jobs/" + batch);
        assertThat(page.locator("#head .state")).hasText("succeeded", SOON);
        assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Predictions")))
                .isVisible();
        for (var part : new String[] {"/results", "/specification", "/log", "/learning-property"}) {
            assertThat(page.navigate(service + "/jobs/" + batch + part).status())
                    .as(part)
                    .isEqualTo(200);
        }
        assertThat(page.navigate(service + "/jobs/new?from=" + batch).status()).isEqualTo(200);
        assertThat(page.navigate(service).status()).isEqualTo(200);

        page.navigate(service + "/jobs");
        assertThat(page.locator("tbody tr")).hasCount(3);
        assertThat(page.locator("tbody")).containsText("batch prediction");
        Accessible.check(page);
        var gone = page.navigate(service + "/jobs/00000000-0000-7000-8000-000000000000");
        assertThat(gone.status()).isEqualTo(404);
        assertThat(page.locator("main")).containsText("job 00000000-0000-7000-8000-000000000000 is not there");
        Accessible.check(page);

        var forged = page.request()
                .post(
                        service + "/api/v1/jobs",
                        RequestOptions.create()
                                .setData(Map.of("dataset", "digits"))); // with the session's cookie alone
        assertThat(forged.status()).isEqualTo(403);
        assertThat(forged.text()).contains("csrf-token");

        button(page, "Sign out").click();
        assertThat(page).hasURL(service + "/sign-in");
        page.navigate(service + "/jobs");
        assertThat(page).hasURL(service + "/sign-in");
    }

    @Test
    @Order(4)
    void aLostConnectionIsShownAndComesBackByItself(Page page) {
        page.navigate(service);
        signIn(page, KEY);
        assertThat(page.locator("#connection")).isHidden();
        page.context().setOffline(true);
        assertThat(page.locator("#connection")).isVisible();
        page.context().setOffline(false);
        assertThat(page.locator("#connection")).isHidden();
    }

    private static int points(Locator plot) {
        return plot.count() == 0 ? 0 : Integer.parseInt(plot.getAttribute("data-points"));
    }

    private String submit(Page page, String name, int epochs) {
        return id(post(page, "/jobs", Map.of("dataset", "digits", "name", name, "epochs", epochs)));
    }

    private APIResponse post(Page page, String path, Map<String, Object> document) {
        return page.request()
                .post(
                        service + "/api/v1" + path,
                        RequestOptions.create()
                                .setHeader("Authorization", "Bearer " + KEY)
                                .setData(document));
    }

    private static String id(APIResponse accepted) {
        assertThat(accepted.status()).isEqualTo(202);
        return JsonMapper.shared().readTree(accepted.body()).path("id").asString();
    }

    private static void signIn(Page page, String key) {
        page.getByLabel("API key").fill(key);
        button(page, "Sign in").click();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    private static Locator link(Page page, String name) {
        return page.getByLabel("Parts of the job")
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name));
    }
}
