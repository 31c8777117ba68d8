package io.lossforge.training;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What the processes have in common that run one job each: commands come in on standard input, events go out on standard output or where
 * {@value #EVENTS} says, logs on standard error.
 */
public final class JobProcess {

    /**
     * Property: the file that takes the events, such as {@code /dev/fd/3}. Native code prints to standard output past Java, and could cut an event
     * in two there; whoever starts the process can give it a descriptor that nothing else knows of.
     */
    public static final String EVENTS = "lossforge.trainer.events";

    private JobProcess() {}

    /** What the process is for. */
    @FunctionalInterface
    public interface Purpose {

        /** Takes the first command and does what it says; returns when the process is to end. */
        void serve(Commands commands, Consumer<TrainerEvent> events, Interruption interruption);
    }

    /** Serves that purpose, and ends the process with status 0 whatever came of it; does not return. */
    public static void run(Purpose purpose) throws IOException {
        var channel = System.getProperty(EVENTS);
        var output = channel == null ? new FileOutputStream(FileDescriptor.out) : new FileOutputStream(channel);
        System.setOut(System.err);
        setUnlessSet("logback.configurationFile", "io/lossforge/training/trainer-logback.xml");
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("OPT_OUT_TRACKING", "true");
        var interruption = new Interruption();
        var commands = new Commands(System.in, !Files.isRegularFile(Path.of("/dev/stdin")), interruption);
        commands.start();
        purpose.serve(commands, new EventWriter(output, interruption), interruption);
        System.err.flush();
        Runtime.getRuntime().halt(0); // the engine's own threads and destructors have nothing left to save
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
