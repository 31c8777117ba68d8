package io.lossforge.worker;

import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import io.lossforge.training.TrainerJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A trainer process, or another that runs a job, seen from its worker. What it says waits in a bounded queue: when nobody takes it, the pipe fills up and training
 * waits, and nothing is lost.
 */
final class TrainerProcess implements AutoCloseable {

    private static final int LONGEST_LOG_LINE = LineReader.BUFFER;

    private final Process process;
    private final LockedDirectory directory;
    private final OutputQueue outputs = new OutputQueue();
    private final CountDownLatch pipes = new CountDownLatch(2);
    private volatile int longestEvent = LineReader.BUFFER;
    private volatile boolean ready;

    /**
     * Starts reading.
     *
     * @param directory where it runs; removed when it is closed
     */
    TrainerProcess(Process process, LockedDirectory directory) {
        this.process = process;
        this.directory = directory;
        start(
                "events",
                () -> read(
                        process.getInputStream(),
                        line -> TrainerJson.beginsEvent(line) ? longestEvent : LONGEST_LOG_LINE,
                        this::said));
        start("log", () -> read(process.getErrorStream(), line -> LONGEST_LOG_LINE, this::printed));
        start("exit", this::awaitExit);
    }

    /** What comes from the process. */
    sealed interface Output {

        /** It said something. */
        record Said(TrainerEvent event) implements Output {}

        /** It, or something in it, printed a line. */
        record Printed(String line) implements Output {}

        /** It is gone, and everything that it said has been taken. */
        record Exited(int code) implements Output {}
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether its engine is loaded, so that it starts a job at once. */
    boolean isReady() {
        return ready;
    }

    /** The next thing that comes from it; null if nothing did in time. */
    @Nullable Output poll(Duration timeout) throws InterruptedException {
        return outputs.poll(timeout);
    }

    /**
     * Starts a job.
     *
     * @param classes of its dataset, on which it depends how long its events may be
     */
    void run(TrainerCommand job, int classes) {
        longestEvent = TrainerEvent.longest(classes);
        send(job);
    }

    /** Tells it something. Nothing happens if it is gone: that shows as {@link Output.Exited}. */
    void send(TrainerCommand command) {
        try {
            OutputStream commands = process.getOutputStream();
            commands.write((TrainerJson.write(command) + "\n").getBytes(StandardCharsets.UTF_8));
            commands.flush();
        } catch (IOException e) {
            // It is gone or about to be.
        }
    }

    /** Ends it at once. */
    void kill() {
        process.destroyForcibly();
    }

    /** What the virtual machine wrote down when it crashed: its first lines; empty if it did not. */
    String crashReport() {
        try (var lines = Files.lines(directory.path().resolve("hs_err.log"), StandardCharsets.ISO_8859_1)) {
            return lines.takeWhile(line -> line.startsWith("#"))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
        } catch (IOException e) {
            return "";
        }
    }

    /** Kills it if need be, and removes what it left. */
    @Override
    public void close() {
        kill();
        outputs.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        directory.close();
    }

    private void said(String line, long skipped) {
        if (line.isEmpty()) {
            return; // before each event, so that what native code printed without a line feed does not spoil it
        }
        try {
            var event = TrainerJson.readEvent(line);
            ready |= event instanceof TrainerEvent.Ready;
            put(new Output.Said(event), line.length());
        } catch (IllegalArgumentException e) {
            printed(line, skipped);
        }
    }

    private void printed(String line, long skipped) {
        var kept = line.substring(0, Math.min(line.length(), LONGEST_LOG_LINE));
        long left = skipped + line.length() - kept.length();
        put(
                new Output.Printed(
                        left == 0
                                ? kept
                                : String.format(Locale.ROOT, "%s… %,d bytes of this line left out", kept, left)),
                kept.length());
    }

    private void awaitExit() {
        try {
            int code = process.waitFor();
            pipes.await();
            put(new Output.Exited(code), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Output output, int size) {
        try {
            outputs.put(output, size);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(InputStream pipe, LineReader.Limit limit, LineReader.Sink sink) {
        try (pipe) {
            LineReader.read(pipe, limit, sink);
        } catch (IOException e) {
            // The pipe ends with the process.
        } finally {
            pipes.countDown();
        }
    }

    private void start(String what, Runnable task) {
        var thread = new Thread(task, "trainer-%d-%s".formatted(process.pid(), what));
        thread.setDaemon(true);
        thread.start();
    }
}
