package io.lossforge.prediction;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;

/**
 * Many connections on one thread, each of which sends the same request again when it has the answer to the last, or some time later if it was
 * refused. Takes little of the processors that the service runs on, however many connections there are.
 */
final class LoadLoop {

    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final InetSocketAddress address;
    private final byte[] message;
    private final long afterRefusal;
    private final LongConsumer microseconds;
    private final Selector selector;

    /** Connections that were refused, the one that may send again first of all first. */
    private final Queue<Waiting> refusedOnes = new PriorityQueue<>(Comparator.comparingLong(Waiting::until));

    private long answered;
    private long refused;
    private long failed;

    /** Counts of answers with 200, with 503, and of all else. */
    record Counts(long answered, long refused, long failed) {}

    private record Waiting(Connection connection, long until) {}

    private static final class Connection {

        private SelectionKey key;
        private ByteBuffer unsent;
        private final ByteBuffer received = ByteBuffer.allocate(1 << 16);
        private long begin;

        SocketChannel channel() {
            return (SocketChannel) key.channel();
        }
    }

    /**
     * @param afterRefusal until a refused connection sends again, and at random up to half as long more
     * @param microseconds takes how long each answer with 200 took
     */
    LoadLoop(int port, LoadRequest request, Duration afterRefusal, LongConsumer microseconds) throws IOException {
        this.address = new InetSocketAddress("127.0.0.1", port);
        this.message = message(port, request);
        this.afterRefusal = afterRefusal.toNanos();
        this.microseconds = microseconds;
        this.selector = Selector.open();
    }

    private static byte[] message(int port, LoadRequest request) {
        var bytes = new ByteArrayOutputStream();
        var length =
                request.jsonBytes().isEmpty() ? "" : InferReader.HEADER_LENGTH + ": " + request.jsonBytes() + "\r\n";
        bytes.writeBytes("POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(request.path(), port, request.contentType(), request.body().length, length)
                .getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(request.body());
        return bytes.toByteArray();
    }

    /** Runs until then, by {@link System#nanoTime}. */
    Counts run(int connections, long end) throws IOException {
        try (selector) {
            for (int i = 0; i < connections; i++) {
                connect(new Connection());
            }
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                var next = refusedOnes.peek();
                if (next != null && next.until <= now) {
                    refusedOnes.remove();
                    sendAgain(next.connection);
                    continue;
                }
                long wait = Math.min(end, next == null ? end : next.until) - now;
                selector.select(this::handle, Math.max(1, wait / 1_000_000));
            }
            for (var key : selector.keys()) {
                key.channel().close();
            }
            return new Counts(answered, refused, failed);
        }
    }

    private void connect(Connection connection) throws IOException {
        var channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connection.begin = System.nanoTime();
        connection.received.clear();
        connection.unsent = ByteBuffer.wrap(message);
        channel.connect(address);
        connection.key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
    }

    private void handle(SelectionKey key) {
        var connection = (Connection) key.attachment();
        try {
            if (key.isConnectable() && connection.channel().finishConnect()) {
                write(connection);
            } else if (key.isWritable()) {
                write(connection);
            } else if (key.isReadable()) {
                read(connection);
            }
        } catch (IOException e) {
            failed++;
            retryLater(connection, true);
        }
    }

    private void write(Connection connection) throws IOException {
        connection.channel().write(connection.unsent);
        connection.key.interestOps(connection.unsent.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private void sendAgain(Connection connection) throws IOException {
        if (!connection.key.isValid()) {
            connect(connection);
            return;
        }
        connection.begin = System.nanoTime();
        connection.received.clear();
        connection.unsent = ByteBuffer.wrap(message);
        write(connection);
    }

    private void read(Connection connection) throws IOException {
        if (connection.channel().read(connection.received) < 0) {
            throw new IOException("the service has closed the connection");
        }
        int head = headLength(connection.received);
        if (head < 0) {
            return;
        }
        var text = new String(connection.received.array(), 0, head, StandardCharsets.US_ASCII);
        if (!isWhole(connection.received, head, text)) {
            return;
        }
        boolean closes = header(text, "connection").equals("close");
        if (text.startsWith("200", 9)) {
            answered++;
            microseconds.accept((System.nanoTime() - connection.begin) / 1000);
            if (closes) {
                connection.channel().close();
            }
            sendAgain(connection);
            return;
        }
        if (text.startsWith("503", 9)) {
            refused++;
        } else {
            failed++;
        }
        retryLater(connection, closes);
    }

    private void retryLater(Connection connection, boolean close) {
        try {
            if (close) {
                connection.channel().close();
            } else {
                connection.key.interestOps(0);
            }
        } catch (IOException e) {
            failed++;
        }
        long wait = ThreadLocalRandom.current().nextLong(afterRefusal, afterRefusal + afterRefusal / 2);
        refusedOnes.add(new Waiting(connection, System.nanoTime() + wait));
    }

    /** Bytes of an answer's head; -1 if it is not all there. */
    private static int headLength(ByteBuffer received) {
        var bytes = received.array();
        for (int i = 0; i + END_OF_HEAD.length <= received.position(); i++) {
            if (Arrays.equals(bytes, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
                return i + END_OF_HEAD.length;
            }
        }
        return -1;
    }

    private static boolean isWhole(ByteBuffer received, int head, String text) throws IOException {
        int end = received.position();
        if (header(text, "transfer-encoding").equals("chunked")) {
            return end >= head + LAST_CHUNK.length
                    && Arrays.equals(received.array(), end - LAST_CHUNK.length, end, LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        int whole = head + Integer.parseInt(header(text, "content-length"));
        if (whole > received.capacity()) {
            throw new IOException("an answer of %d bytes is more than there is room for".formatted(whole));
        }
        return end >= whole;
    }

    /** A header's value, "" if there is none. */
    private static String header(String head, String name) {
        int at = head.toLowerCase(Locale.ROOT).indexOf("\r\n" + name + ": ");
        if (at < 0) {
            return name.equals("content-length") ? "0" : "";
        }
        int from = at + name.length() + 4;
        return head.substring(from, head.indexOf('\r', from)).toLowerCase(Locale.ROOT);
    }
}
