package io.lossforge.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A model with two versions of digits, tried and promoted in a browser. */
@BrowserTest
@Tag("long")
@ServiceTest({"lossforge.roles=all", "lossforge.data-directory=target/test-data/all"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ModelPagesIT {

    private static final String HOSTILE = "<img src=x onerror=alert(1)> & \"co\"";

    /** A three as it is written, from its upper left; in parts of the side. */
    private static final List<double[]> THREE = List.of(
            new double[] {0.32, 0.26},
            new double[] {0.40, 0.16},
            new double[] {0.54, 0.13},
            new double[] {0.65, 0.21},
            new double[] {0.65, 0.34},
            new double[] {0.55, 0.44},
            new double[] {0.43, 0.48},
            new double[] {0.56, 0.51},
            new double[] {0.68, 0.60},
            new double[] {0.69, 0.73},
            new double[] {0.59, 0.84},
            new double[] {0.44, 0.87},
            new double[] {0.31, 0.79});

    @LocalServerPort
    int port;

    private final String model = "drawn-" + UUID.randomUUID();
    private Calls calls;

    @BeforeAll
    void trainTwoVersions() {
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        calls = new Calls(port);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> calls.get("/api/v1/datasets/digits").status() == 200);
        train("digits", model, "softmax", 20);
        train("digits", model, "lgl-inr", 20);
    }

    private void train(String dataset, String into, String loss, int epochs) {
        var job = calls.postJson(
                "/api/v1/jobs",
                "{\"dataset\": \"%s\", \"model\": \"%s\", \"loss\": {\"name\": \"%s\"}, \"epochs\": %d}"
                        .formatted(dataset, into, loss, epochs));
        assertThat(job.status()).as(job.toString()).isEqualTo(202);
        var path = "/api/v1/jobs/" + job.json().path("id").asString();
        await().atMost(Duration.ofSeconds(180))
                .until(() -> calls.get(path).json().path("state").asString().equals("SUCCEEDED"));
    }

    private void open(Page page, String path) {
        page.navigate("http://localhost:%d/models/%s".formatted(port, path));
    }

    @Test
    void aDrawnThreeIsCalledThreeByTwoVersions(Page page) {
        open(page, model + "/try?of=1&against=2");
        assertThat(page).hasTitle("Try %s · Lossforge".formatted(model));
        assertThat(page.locator("#fit-text")).containsText("light on dark");
        Accessible.check(page);

        draw(page.locator("#canvas"), page);
        assertThat(page.locator(".answer .label")).hasText(new String[] {"3", "3"});
        assertThat(page.locator(".answer").first().locator(".bars li")).hasCount(5);
        assertThat(page.locator(".answer").first()).containsText(Pattern.compile("Answered in [0-9.]+ ms"));
        assertThat(page.locator("#curl")).containsText("/models/%s:1/predict".formatted(model));
        assertThat(page.locator("#curl")).containsText("--data-binary @'drawing.png'");
        Accessible.check(page);

        page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Test sample"))
                .click();
        page.locator(".sample").first().focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".answer").first().locator(".said .state")).hasText(Pattern.compile("right|wrong.*"));
        Accessible.check(page);
    }

    private static void draw(Locator canvas, Page page) {
        canvas.scrollIntoViewIfNeeded();
        var place = canvas.boundingBox();
        for (int i = 0; i < THREE.size(); i++) {
            page.mouse()
                    .move(
                            place.x + THREE.get(i)[0] * place.width,
                            place.y + THREE.get(i)[1] * place.height,
                            new com.microsoft.playwright.Mouse.MoveOptions().setSteps(3));
            if (i == 0) {
                page.mouse().down();
            }
        }
        page.mouse().up();
    }

    @Test
    void whatIsWrongWithNumbersIsSaidAtTheirField(Page page) {
        open(page, model + "/try");
        page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Numbers"))
                .click();
        page.locator("#values").fill("1, 2, three");
        button(page, "Ask").click();
        assertThat(page.locator("#numbers-wrong")).hasText("Line 1 has “three”, which is no number.");
        page.locator("#values").fill("1, 2, 3");
        button(page, "Ask").click();
        assertThat(page.locator("#numbers-wrong")).containsText("has shape [3], must be");
        assertThat(page.locator(".answer")).hasCount(0);
        Accessible.check(page);

        page.locator("#values").fill("0 ".repeat(64));
        button(page, "Ask").click();
        assertThat(page.locator(".answer .label")).hasCount(1);
        assertThat(page.locator("#numbers-wrong")).isHidden();
    }

    @Test
    void promotesSharesRollsBackAndAsksAgainWhenSomebodyWasFaster(Page page) {
        open(page, model);
        assertThat(page.locator("table.versions tbody tr")).hasCount(2);
        assertThat(page.locator("table.versions .best").first()).isVisible();
        Accessible.check(page);
        button(page, "Promote version 1").click();
        assertThat(page.locator("#said")).hasText("production points to version 1 now.");
        assertThat(page.locator("#model .section-head")).containsText("production → 1");

        open(page, model + "/aliases");
        var production = page.locator("[data-alias=production]");
        var faster = calls.putJson(
                "/api/v1/models/%s/aliases/production".formatted(model),
                "{\"versions\": [{\"version\": 1, \"weight\": 1}, {\"version\": 2, \"weight\": 3}]}",
                "If-Match",
                "\"1\"");
        assertThat(faster.status()).as(faster.toString()).isEqualTo(200);
        production.locator("form.promote select").selectOption("2");
        button(page, "Point it here").click();
        assertThat(page.locator("#conflict")).containsText("changed by somebody else meanwhile");
        assertThat(page.locator("#conflict")).containsText("version 1 (25 %) and version 2 (75 %)");
        Accessible.check(page);
        button(page, "Yes, point it to version 2").click();
        assertThat(page.locator("#said")).hasText("production points to version 2 now.");
        assertThat(production).hasAttribute("data-revision", "3");

        production.getByText("Share its traffic").click();
        production.locator("select[name=more]").selectOption("1");
        button(page, "Add it").click();
        assertThat(production.locator(".canary-row output")).hasText(new String[] {"90 %", "10 %"});
        page.keyboard().press("ArrowRight");
        assertThat(production.locator(".canary-row output")).hasText(new String[] {"89 %", "11 %"});
        Accessible.check(page);
        button(page, "Share so").click();
        assertThat(page.locator("#said")).hasText("production points to version 1 (11 %) and version 2 (89 %) now.");
        assertThat(production).hasAttribute("data-revision", "4");

        button(page, "Roll back").click();
        assertThat(page.locator("#said")).hasText("production is rolled back: it points to version 2.");
        assertThat(production).hasAttribute("data-revision", "5");
        production.getByText("History").click();
        assertThat(production.locator("tbody tr").first()).containsText("rolled back to change 3");
        assertThat(production.locator("tbody tr")).hasCount(5);
        Accessible.check(page);

        open(page, model + "/versions/2");
        page.onceDialog(dialog -> dialog.accept());
        button(page, "Delete").click();
        assertThat(page.locator("#conflict")).containsText("production");
        Accessible.check(page);
    }

    @Test
    void comparesTwoVersions(Page page) {
        open(page, model + "/compare");
        assertThat(page.locator(".verdict")).containsText("(p = ");
        assertThat(page.locator("#comparison tbody").last().locator("tr")).hasCount(10);
        Accessible.check(page);
    }

    @Test
    void namesOfClassesAreTextAndNothingElse(Page page) {
        var rows = new StringBuilder("a,b,label\n");
        for (int i = 0; i < 200; i++) {
            rows.append(i % 2).append(',').append(i % 7).append(',');
            rows.append(i % 2 == 0 ? '"' + HOSTILE.replace("\"", "\"\"") + '"' : "plain")
                    .append('\n');
        }
        var name = "hostile-" + UUID.randomUUID();
        var uploaded = calls.postForm(
                "/api/v1/datasets",
                Map.of("name", name, "labelColumn", "label"),
                Map.of("rows.csv", rows.toString().getBytes(StandardCharsets.UTF_8)));
        assertThat(uploaded.status()).as(uploaded.toString()).isEqualTo(201);
        train(name, name, "softmax", 5);

        open(page, name + "/try");
        page.locator(".sample").first().click();
        assertThat(page.locator(".bars .bar-label").getByText(HOSTILE)).hasCount(1);
        assertThat(page.locator("main img")).hasCount(0);
        Accessible.check(page);
        open(page, name + "/versions/1");
        page.getByText("Classes", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator(".classes")).containsText(HOSTILE);
        Accessible.check(page);
        page.navigate("http://localhost:%d/models".formatted(port));
        assertThat(page.locator("main")).containsText(name);
        Accessible.check(page);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
