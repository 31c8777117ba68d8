package io.lossforge.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import io.lossforge.Http;
import io.lossforge.ServiceTest;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Submitting a job and uploading a dataset as people do it, in a real Chromium. */
@BrowserTest
@ServiceTest
class SubmitAndDatasetPagesIT {

    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    @LocalServerPort
    int port;

    private Http http;
    private Page page;

    @BeforeEach
    void open(Page window) {
        http = new Http(port);
        page = window;
        page.onDialog(Dialog::accept);
    }

    @AfterEach
    void close() {
        http.post("/api/v1/jobs/cancel?state=QUEUED");
    }

    private void go(String path) {
        page.navigate("http://localhost:" + port + path);
    }

    /** The document in the curl command. */
    private JsonNode document() {
        assertThat(page.locator("#curl")).containsText("-d");
        var command = page.locator("#curl").textContent();
        return JsonMapper.shared()
                .readTree(command.substring(command.indexOf("-d '") + 4, command.length() - 1)
                        .replace("'\\''", "'"));
    }

    @Test
    void anUntouchedFormSaysOnlyTheDataset() {
        go("/jobs/new?dataset=digits");

        assertThat(page.locator("#summary")).containsText("samples of 10 classes");
        assertThat(document()).isEqualTo(JsonMapper.shared().readTree("{\"dataset\": \"digits\"}"));
        page.locator("details.fold").all().forEach(fold -> fold.evaluate("fold => fold.open = true"));
        Accessible.check(page);
    }

    @Test
    void aCopyOfAJobSaysAllThatTheJobSaid() {
        var job = http.post("/api/v1/jobs", """
                {"dataset": "digits", "name": "one of a kind", "architecture": {"name": "lenet"},
                 "loss": {"name": "vs"},
                 "imbalance": {"profile": "step", "ratio": 7.5, "minorityFraction": 0.3, "rotate": 2},
                 "classWeights": {"scheme": "effectiveNumber", "beta": 0.99, "startEpoch": 3},
                 "optimizer": {"name": "sgd", "parameters": {"learningRate": 0.00001, "nesterov": true}},
                 "schedule": {"name": "step", "parameters": {"milestones": [4, 8]}}, "sampler": {"name": "class-balanced"},
                 "augmentations": [{"name": "random-crop", "parameters": {"padding": 1}}, {"name": "horizontal-flip"},
                                   {"name": "random-crop"}],
                 "earlyStopping": {}, "weightAveraging": {"warmup": false}, "clipGradientNorm": 1,
                 "dataSeed": 5, "seed": 9007199254740991, "preemptible": true, "deadline": "PT2H",
                 "resources": {"device": "gpu", "labels": ["a100", "memory=80g"]}}""");
        assertThat(job.status()).as(job.body()).isEqualTo(202);
        var spec = job.json().path("spec");

        go("/jobs/new?from=" + job.json().path("id").asString());

        assertThat(page.locator("#summary")).containsText("samples of 10 classes");
        var preview = http.post("/api/v1/jobs/check", document().toString()).json();
        assertThat(preview.path("spec")).isEqualTo(spec);
        page.locator("[data-do=remove]").nth(1).click();
        page.locator("[data-do=earlier]").nth(1).click();
        assertThat(document().path("augmentations").toString())
                .isEqualTo("[{\"name\":\"random-crop\"},{\"name\":\"random-crop\",\"parameters\":{\"padding\":1}}]");
    }

    @Test
    void whatIsWrongIsSaidAtItsFieldAndADoubleClickMakesOneJob() {
        go("/jobs/new?dataset=digits");
        page.locator("#choice-loss").selectOption("focal");
        var gamma = page.locator("#focal-loss-parameters-gamma");
        gamma.fill("-1");

        assertThat(page.locator("#focal-loss-parameters-gamma-wrong")).containsText("must be >= 0, was -1");
        assertThat(gamma).hasAttribute("aria-invalid", "true");
        page.locator("#submit").click();
        assertThat(page.locator("#refusal")).isFocused();
        Accessible.check(page);
        page.locator("#refusal a").click();
        assertThat(gamma).isFocused();

        gamma.fill("3");
        page.getByLabel("Make a long tail").check();
        page.locator("#field-imbalance-ratio").fill("20");
        page.locator("#field-classWeights-scheme").selectOption("inverse");
        var rarest = page.locator("#counts tbody tr").last();
        assertThat(rarest.locator("[data-shows=trained]")).hasText("6");
        assertThat(rarest.locator("[data-shows=weight]")).not().hasText("–");
        page.locator("#choice-architecture").selectOption("lenet");
        assertThat(page.locator("#parameters")).containsText("21\u202f386 parameters");
        page.locator("summary")
                .filter(new Locator.FilterOptions().setHasText("Names"))
                .click();
        var model = "twice-" + UUID.randomUUID().toString().substring(0, 8);
        page.locator("#field-model").fill(model);
        assertThat(page.locator("#summary")).containsText(model);

        page.locator("#submit").dblclick();

        page.waitForURL(Pattern.compile(".*/jobs/[0-9a-f-]{36}"));
        var jobs = http.get("/api/v1/jobs?dataset=digits&pageSize=500").json().path("jobs");
        assertThat(jobs)
                .filteredOn(job -> job.at("/spec/model").asString().equals(model))
                .singleElement()
                .satisfies(job -> {
                    assertThat(page.url()).endsWith(job.path("id").asString());
                    assertThat(job.at("/spec/loss/parameters/gamma").asDouble()).isEqualTo(3);
                    assertThat(job.at("/spec/imbalance/ratio").asDouble()).isEqualTo(20);
                });
    }

    @Test
    void anUploadSaysWhatWasWrongAndWhatWasRead() {
        var name = "flowers-" + UUID.randomUUID().toString().substring(0, 8);
        go("/datasets");
        page.locator("#upload-name").fill(name);
        var files = page.locator("#upload-file");
        files.setInputFiles(new FilePayload("broken.zip", "application/zip", new byte[] {'P', 'K', 3, 4, 0, 0}));
        page.locator("#upload-send").click();

        assertThat(page.locator("#upload-refusal")).isFocused();
        assertThat(page.locator("#upload-refusal")).containsText("broken.zip");
        assertThat(page.locator("#upload-name")).hasValue(name);
        Accessible.check(page);

        files.setInputFiles(new FilePayload("flowers.csv", "text/csv", csv(400)));
        page.locator("#upload-send").click();
        assertThat(page.locator("#upload-done")).containsText("Read as " + name + ":1: rows of 2 numbers, from csv");
        assertThat(page.locator("#list")).containsText(name);
        Accessible.check(page);

        page.getByText("Look at it").click();
        assertThat(page).hasTitle(name + ":1 · Lossforge");
        assertThat(page.locator("#counts-table th[scope=row]").first()).hasText(HOSTILE);
        page.locator("#tail [name=ratio]").fill("10");
        assertThat(page.locator("#tail-said")).containsText("of the rarest");
        Accessible.check(page);

        page.getByText("Train on this tail").click();
        assertThat(page.locator("#field-imbalance-ratio")).hasValue("10");
        assertThat(document().path("dataset").asString()).isEqualTo(name + ":1");
        page.locator("#submit").click();
        page.waitForURL(Pattern.compile(".*/jobs/[0-9a-f-]{36}"));

        go("/datasets/" + name);
        page.getByText("Delete this version").click();
        assertThat(page.locator("#delete-refusal")).containsText("training jobs use it");
    }

    @Test
    void picturesAreShownOfEachClass() {
        go("/datasets/digits");

        assertThat(page.locator(".sheets img")).hasCount(10);
        page.locator(".sheets img").first().scrollIntoViewIfNeeded();
        assertThat(page.locator(".sheets img").first())
                .hasJSProperty("naturalWidth", 4 * (32 + 2) - 2); // 4 × 4 samples of 8 × 8 pixels, enlarged
        page.locator("select[name=class]").selectOption("7");
        page.getByText("Show", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator(".samples img")).hasJSProperty("naturalWidth", 6 * (32 + 2) - 2);
        Accessible.check(page);
    }

    private static byte[] csv(int rows) {
        var text = new StringBuilder("length,width,kind\n");
        for (int row = 0; row < rows; row++) {
            text.append(row)
                    .append(',')
                    .append(row % 7)
                    .append(',')
                    .append(row % 2 == 0 ? HOSTILE : "rose")
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
