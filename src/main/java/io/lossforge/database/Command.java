package io.lossforge.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program of PostgreSQL said and how it ended.
 *
 * @param exitCode 0 if it did what it was told
 * @param output both its streams
 */
record Command(int exitCode, String output) {

    private static final List<String> ENVIRONMENT = List.of("PATH", "TMPDIR", "SYSTEMROOT");

    /**
     * PostgreSQL refuses to run as root. As root it is run in a user namespace of its own, in which it is nobody, while its files
     * stay root's.
     */
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** Runs a program to its end, with nothing of this process's environment that it does not need. */
    static Command run(List<String> command) throws IOException {
        var whole = new ArrayList<String>();
        if (ROOT) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(command);
        var builder = new ProcessBuilder(whole).redirectErrorStream(true);
        builder.environment().keySet().retainAll(ENVIRONMENT);
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        try (var input = process.getInputStream()) {
            process.getOutputStream().close();
            var output = new String(input.readAllBytes(), StandardCharsets.UTF_8);
            return new Command(process.waitFor(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.get(0), e);
        }
    }

    /**
     * This one.
     *
     * @throws DatabaseNotStarted if it failed
     */
    Command succeeded(String what) {
        if (exitCode == 0) {
            return this;
        }
        if (ROOT && output.contains("unshare")) {
            throw new DatabaseNotStarted(
                    "PostgreSQL does not run as root, and this machine does not let root give up being root (unshare -U): "
                            + "run the service as another user, or set spring.datasource.url",
                    null);
        }
        throw new DatabaseNotStarted("%s failed: %s".formatted(what, output.strip()), null);
    }
}
