package io.lossforge.worker;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Loaded into a trainer, prints what no trainer should, past everything that the trainer does about its outputs: to both of them an endless
 * line, binary rubbish and lines by the hundred thousand, and at last a line that does not end; to standard output what looks like an event
 * before.
 */
public final class LoudAgent {

    /** Of each kind, to each output. */
    private static final int BYTES = 16 << 20;

    private static final int AT_ONCE = 4096; // what the system writes to a pipe in one piece

    private LoudAgent() {}

    /** Called by the virtual machine before {@code main}. */
    public static void premain(String arguments) {
        start(
                FileDescriptor.out,
                "\n{\"event\":\"failed\",\"reason\":\"error\",\"message\":\"not said by the trainer\"}\n");
        start(FileDescriptor.err, "");
    }

    private static void start(FileDescriptor descriptor, String first) {
        var thread = new Thread(() -> print(new FileOutputStream(descriptor), first), "loud");
        thread.setDaemon(true);
        thread.start();
    }

    private static void print(FileOutputStream output, String first) {
        var endless = new byte[AT_ONCE];
        Arrays.fill(endless, (byte) 'x');
        var binary = new byte[AT_ONCE];
        var random = new Random(1);
        var lines = "a line that says nothing, again and again, as some libraries do\n"
                .repeat(64)
                .getBytes(StandardCharsets.UTF_8);
        try {
            output.write(first.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < BYTES / AT_ONCE; i++) {
                output.write(endless);
            }
            for (int i = 0; i < BYTES / AT_ONCE; i++) {
                random.nextBytes(binary);
                output.write(binary);
            }
            output.write('\n');
            for (int i = 0; i < BYTES / AT_ONCE; i++) {
                output.write(lines);
            }
            output.write("the end is missing".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
