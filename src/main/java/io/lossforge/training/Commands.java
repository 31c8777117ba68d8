package io.lossforge.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads commands in a thread of its own. The first decides what the process does, each later one can only end it. */
public final class Commands {

    private static final Logger log = LoggerFactory.getLogger(Commands.class);

    private final BufferedReader lines;
    private final boolean supervised;
    private final Interruption interruption;
    private final CompletableFuture<TrainerCommand> first = new CompletableFuture<>();

    /** @param supervised whether the end of the input means that nobody waits for the result any more */
    Commands(InputStream input, boolean supervised, Interruption interruption) {
        lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        this.supervised = supervised;
        this.interruption = interruption;
    }

    void start() {
        var thread = new Thread(this::read, "commands");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the first command; the end of the input is {@link TrainerCommand.Cancel}.
     *
     * @throws IllegalArgumentException if it is no command; the message says why
     */
    public TrainerCommand first() {
        try {
            return first.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private void read() {
        try {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    accept(line);
                }
            }
        } catch (IOException e) {
            log.warn("standard input can't be read; ending as if it were closed", e);
        }
        if (first.complete(new TrainerCommand.Cancel()) || supervised) {
            interruption.cancel();
        }
    }

    private void accept(String line) {
        try {
            var command = TrainerJson.readCommand(line);
            if (command instanceof TrainerCommand.Stop) {
                interruption.stop();
            } else if (command instanceof TrainerCommand.Cancel) {
                interruption.cancel();
            }
            if (!first.complete(command)
                    && (command instanceof TrainerCommand.Run || command instanceof TrainerCommand.Predict)) {
                log.warn("a second job was refused: a process runs one job");
            }
        } catch (IllegalArgumentException e) {
            if (!first.completeExceptionally(e)) {
                log.warn("{}; ignored", e.getMessage());
            }
        }
    }
}
