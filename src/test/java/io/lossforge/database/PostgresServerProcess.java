package io.lossforge.database;

import java.io.IOException;
import java.nio.file.Path;

/** Only the embedded server, in a process that a test can kill. Ends by itself, cleanly, when its standard input does. */
final class PostgresServerProcess {

    private PostgresServerProcess() {}

    public static void main(String[] arguments) throws IOException {
        try (var server = PostgresServer.start(Path.of(arguments[0]))) {
            System.out.println("ready " + server.url());
            System.in.readAllBytes();
        } catch (DatabaseNotStarted e) {
            System.out.println("refused " + e.getMessage());
        }
    }
}
