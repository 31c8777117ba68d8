package io.lossforge.admission;

import io.lossforge.admission.Examination.Stage;
import io.lossforge.process.OwnClasses;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has a file examined by a process of its own, with bounds on memory, processor time and what it may write. Whatever becomes of the process, this
 * one only reads its short verdict.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Examiner {

    private static final Logger log = LoggerFactory.getLogger(Examiner.class);

    private static final Path SHELL = Path.of("/bin/sh");

    /** Bounds by the system, in KiB, seconds and blocks of 512 bytes; the shell becomes the process. One that the system has not is left out. */
    private static final String BOUNDED =
            "ulimit -c 0; ulimit -v \"$1\"; ulimit -t \"$2\"; ulimit -f \"$3\"; shift 3; exec \"$@\"";

    /** Address space that a virtual machine takes with no heap, and libraries. */
    private static final long BASE_BYTES = 3L << 29;

    /** How the virtual machine ends when its heap is full: {@code ExitOnOutOfMemoryError}. */
    private static final int OUT_OF_HEAP = 3;

    private static final List<String> PASSED_ON = List.of("PATH", "LANG", "TZ", "LD_LIBRARY_PATH");
    private static final String LOG = "log";
    private static final long LONGEST_VERDICT = 4L << 20;
    private static final int LONGEST_LOG = 2000;

    private final AdmissionSettings settings;
    private final String mainClass;

    @Autowired
    Examiner(AdmissionSettings settings) {
        this(settings, Examination.class.getName());
    }

    Examiner(AdmissionSettings settings, String mainClass) {
        this.settings = settings;
        this.mainClass = mainClass;
    }

    /**
     * Examines {@value Examination#UPLOADED} of a directory and leaves {@value Examination#NORMALISED} there.
     *
     * @throws Refusal if it can't become a version
     */
    Verdict.Accepted examine(Path directory, Declaration declaration) throws IOException, InterruptedException {
        JsonMapper.shared()
                .writeValue(directory.resolve(Examination.DECLARATION).toFile(), declaration);
        var process = start(directory);
        boolean ended;
        try {
            ended = process.waitFor(settings.trialTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly();
        }
        if (!ended) {
            process.waitFor();
            throw Refusal.file(
                    "was given up after %s, lossforge.admission.trial-timeout, while %s",
                    settings.trialTimeout(), shown(stage(directory)));
        }
        var verdict = verdict(directory);
        if (verdict == null) {
            throw died(directory, process.exitValue());
        }
        if (verdict.accepted() != null) {
            return verdict.accepted();
        }
        var refused = verdict.refused();
        throw refused == null
                ? Refusal.file("was examined without a verdict")
                : new Refusal(refused.pointer(), refused.detail());
    }

    private Process start(Path directory) throws IOException {
        long memory = settings.trialMemory().toBytes();
        var classes = OwnClasses.here();
        var command = new ArrayList<String>();
        if (Files.isExecutable(SHELL)) {
            command.addAll(List.of(
                    SHELL.toString(),
                    "-c",
                    BOUNDED,
                    SHELL.toString(),
                    Long.toString((BASE_BYTES + memory) >> 10),
                    Long.toString(2 * settings.trialTimeout().toSeconds()),
                    Long.toString((2 * settings.maxFile().toBytes() + LONGEST_VERDICT) >> 9)));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx" + (memory >> 1),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompressedClassSpaceSize=64m",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=hs_err.log",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + directory));
        command.addAll(classes.running(mainClass));
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(LOG).toFile());
        var environment = environment(System.getenv(), classes.classPath());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What it sees of this process's environment: nothing that could hold a secret. */
    private static Map<String, String> environment(Map<String, String> own, String classPath) {
        var environment = new HashMap<>(own);
        environment.keySet().retainAll(PASSED_ON);
        environment.put("CLASSPATH", classPath);
        environment.put("MALLOC_ARENA_MAX", "2");
        return environment;
    }

    private static @Nullable Verdict verdict(Path directory) throws IOException {
        var file = directory.resolve(Examination.VERDICT);
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_VERDICT) {
            return null;
        }
        try {
            return JsonMapper.shared().readValue(file.toFile(), Verdict.class);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** @throws IllegalStateException if it is this installation's fault, since the process did not even begin */
    private static Refusal died(Path directory, int exit) throws IOException {
        var stage = stage(directory);
        log.warn("The process that examined an ONNX file ended with {}: {}", exit, printed(directory));
        if (stage == null) {
            throw new IllegalStateException("the process that examines ONNX files can't start; the log says more");
        }
        return Refusal.file(
                exit == OUT_OF_HEAP
                        ? "needs more memory than lossforge.admission.trial-memory gives: it ran out while %s"
                        : "ended the process that tried it, by a crash or for want of memory, while %s",
                shown(stage));
    }

    private static String printed(Path directory) throws IOException {
        try (var stream = Files.newInputStream(directory.resolve(LOG))) {
            return new String(stream.readNBytes(LONGEST_LOG), StandardCharsets.UTF_8);
        }
    }

    private static @Nullable Stage stage(Path directory) throws IOException {
        var file = directory.resolve(Examination.STAGE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        var name = Files.readString(file);
        return List.of(Stage.values()).stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElse(Stage.READING);
    }

    private static String shown(@Nullable Stage stage) {
        return stage == null ? "its examination began" : stage.shown();
    }
}
