package io.lossforge.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A real trainer process with this test's class path. */
final class TrainerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    TrainerProcess(Path directory, String... options) throws IOException {
        log = directory.resolve("trainer.log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dai.djl.pytorch.num_threads=1"));
        command.addAll(List.of(options));
        command.add("io.lossforge.training.Trainer");
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        reader = new Thread(this::read, "trainer-events");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("closed");
        }
    }

    void send(TrainerCommand command) throws IOException {
        sendLine(TrainerJson.write(command));
    }

    void sendLine(String line) throws IOException {
        process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Every line of its standard output must be an event. */
    List<TrainerEvent> events() {
        return lines.stream().map(TrainerJson::readEvent).toList();
    }

    <T extends TrainerEvent> T await(Class<T> type, Predicate<T> wanted) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> events().stream()
                                .filter(type::isInstance)
                                .map(type::cast)
                                .filter(wanted)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    <T extends TrainerEvent> T await(Class<T> type) {
        return await(type, event -> true);
    }

    /** Its exit status, once it has ended and all its output is read. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the trainer did not end");
        }
        reader.join();
        return process.exitValue();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
