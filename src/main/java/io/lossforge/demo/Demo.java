package io.lossforge.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * The main job, shown once to a newcomer: the same network trained on a long-tailed split of {@code digits} under three losses,
 * compared on the untouched test split, and asked about a real digit. It uses nothing but the HTTP interface.
 */
@Component
@Profile("demo")
class Demo {

    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final List<String> LOSSES = List.of("softmax", "logistic", "lgl-inr");
    /** From the most to the least frequent of the long tail: class c has the rank c. */
    private static final List<Integer> DIGITS = List.of(0, 5, 9);

    private final PrintStream out = System.out;
    private final boolean terminal = System.console() != null;

    @EventListener
    void started(WebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() != null) {
            return; // the management port
        }
        var thread = new Thread(
                () -> run(new Api("http://127.0.0.1:" + event.getWebServer().getPort())), "demo");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Api api) {
        try {
            api.awaitReady();
            show(api);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("The demo stopped; the service stays up at {}", api.address(), e);
        }
    }

    private void show(Api api) throws InterruptedException {
        var dataset = api.get("/api/v1/datasets/digits");
        out.printf(
                "%n%s: %d training and %d test images of %s. A long-tailed training split (exponential, ratio 20),%n"
                        + "one LeNet, three losses:%n%n",
                dataset.path("name").asString(),
                dataset.at("/splits/train/count").asInt(),
                dataset.at("/splits/test/count").asInt(),
                dataset.path("shape"));
        var submitted = new ArrayList<JsonNode>();
        for (var loss : LOSSES) {
            submitted.add(api.post("/api/v1/jobs", job(loss)));
        }
        var finished = new ArrayList<JsonNode>();
        for (var job : submitted) {
            finished.add(follow(
                    api, job.path("id").asString(), job.at("/spec/loss/name").asString()));
        }
        compare(api, finished);
        predict(api, finished.get(finished.size() - 1));
    }

    private static String job(String loss) {
        return """
                {"name": "digits %s", "dataset": "digits", "model": "digits",
                 "architecture": {"name": "lenet"}, "loss": {"name": "%s"},
                 "imbalance": {"profile": "exponential", "ratio": 20},
                 "validationFraction": 0.2, "epochs": 40, "batchSize": 32, "seed": 1}""".formatted(loss, loss);
    }

    private JsonNode follow(Api api, String id, String loss) throws InterruptedException {
        var shown = "";
        while (true) {
            var job = api.get("/api/v1/jobs/" + id);
            var state = job.path("state").asString();
            var line = ProgressLine.of(loss, job);
            var news = terminal ? line : state + job.path("epoch"); // a file gets a line an epoch
            if (!news.equals(shown)) {
                out.print(terminal ? "\r\u001b[K" + line : line + System.lineSeparator());
                out.flush();
                shown = news;
            }
            switch (state) {
                case "SUCCEEDED" -> {
                    out.print(terminal ? System.lineSeparator() : "");
                    return job;
                }
                case "FAILED", "CANCELLED" ->
                    throw new IllegalStateException("job %s ended %s: %s"
                            .formatted(id, state, job.path("statusMessage").asString()));
                default -> Thread.sleep(300);
            }
        }
    }

    private void compare(Api api, List<JsonNode> jobs) {
        out.printf(
                "%nOn the test split (every class equally common there; one seed, so small differences mean nothing):%n%n"
                        + "  %-10s %9s %18s %19s %7s%n",
                "loss", "accuracy", "balanced accuracy", "worst-class recall", "ECE");
        for (var job : jobs) {
            var test = api.get("/api/v1/jobs/" + job.path("id").asString() + "/evaluation?split=test");
            out.printf(
                    "  %-10s %8.1f%% %17.1f%% %18.1f%% %7.3f%n",
                    job.at("/spec/loss/name").asString(),
                    100 * test.path("accuracy").asDouble(),
                    100 * test.path("balancedAccuracy").asDouble(),
                    100 * test.path("worstClassRecall").asDouble(),
                    test.path("ece").asDouble());
        }
    }

    private void predict(Api api, JsonNode job) {
        var model = "%s:%d"
                .formatted(
                        job.at("/model/name").asString(),
                        job.at("/model/version").asInt());
        var samples = DIGITS.stream()
                .map(digit -> api.get("/api/v1/datasets/digits/versions/1/samples?split=test&limit=1&class=" + digit)
                        .at("/samples/0"))
                .toList();
        var inputs = samples.stream().map(sample -> sample.path("input")).toList();
        var predictions = api.post("/api/v1/models/" + model + "/predict", "{\"instances\": " + inputs + "}")
                .path("predictions");
        out.printf(
                "%nThree digits that no training saw, of a frequent, a middling and a rare class; what %s says:%n%n%s%n",
                model, Drawing.of(inputs));
        for (int i = 0; i < samples.size(); i++) {
            out.printf(
                    "    a %s is called a %s (%.1f %%)%n",
                    samples.get(i).path("label").asString(),
                    predictions.get(i).path("label").asString(),
                    100 * predictions.get(i).path("probability").asDouble());
        }
        out.println();
        out.printf("""
                The service stays up at %1$s (Ctrl+C ends it). Go on with:

                  curl -s %1$s/api/v1/jobs
                  curl -s %1$s/api/v1/jobs/%2$s/evaluation?split=test
                  curl -s -H 'Accept: image/png' '%1$s/api/v1/datasets/digits/versions/1/samples?split=test&class=7&limit=1' -o seven.png
                  curl -s --data-binary @seven.png -H 'Content-Type: image/png' %1$s/api/v1/models/digits/predict
                  curl -s %1$s/api/v1/jobs -H 'Content-Type: application/json' -d '{"dataset":"digits","loss":{"name":"lgl-inr","parameters":{"beta":5}}}'

                Every call: %1$s/api/docs

                """, api.address(), job.path("id").asString());
        out.flush();
    }
}
