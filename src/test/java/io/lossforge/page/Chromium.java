package io.lossforge.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The Chromium of this machine: started once for the whole run, one window for each test. */
final class Chromium implements ExecutionCondition, ParameterResolver, AfterEachCallback {

    private static final Namespace KEPT = Namespace.create(Chromium.class);
    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    /** The running browser; the driver that speaks to it ends with it. */
    record Running(Playwright driver, Browser browser) implements AutoCloseable {

        static Running start() {
            PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
            var driver = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            var options = new BrowserType.LaunchOptions()
                    .setExecutablePath(installed().orElseThrow())
                    .setArgs(List.of("--no-sandbox", "--disable-gpu"));
            return new Running(driver, driver.chromium().launch(options));
        }

        @Override
        public void close() {
            browser.close();
            driver.close();
        }
    }

    /** A window, and what its scripts complained of. */
    private record Window(Page page, List<String> complaints) {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return installed().isPresent()
                ? ConditionEvaluationResult.enabled("Chromium is there")
                : ConditionEvaluationResult.disabled(
                        "no Chromium in any of " + PLACES + ": install the package chromium to run this");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Page.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var running =
                context.getRoot().getStore(KEPT).computeIfAbsent(Running.class, key -> Running.start(), Running.class);
        var page = running.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(1440, 1000)
                        .setReducedMotion(ReducedMotion.REDUCE)) // so that colours are what they are at once
                .newPage();
        page.setDefaultTimeout(30_000);
        var complaints = new ArrayList<String>();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !saysThatNothingAnswers(message.text())) {
                complaints.add(message.text());
            }
        });
        context.getStore(KEPT).put(Window.class, new Window(page, complaints));
        return page;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var window = context.getStore(KEPT).remove(Window.class, Window.class);
        if (window != null) {
            window.page().context().close();
            assertThat(window.complaints())
                    .as("complaints of the page's scripts")
                    .isEmpty();
        }
    }

    /** What the browser and htmx say of requests that fail, which is for the page to show. */
    private static boolean saysThatNothingAnswers(String complaint) {
        return complaint.startsWith("Failed to load resource")
                || complaint.startsWith("htmx:sendError")
                || complaint.startsWith("htmx:afterRequest");
    }

    private static Optional<Path> installed() {
        return Stream.concat(Stream.ofNullable(System.getenv("CHROMIUM")), PLACES.stream())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }
}
