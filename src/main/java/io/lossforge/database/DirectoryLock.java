package io.lossforge.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Says that this process, and no other, uses a directory. The operating system takes it back when the process ends in any way. */
final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock at once or not at all.
     *
     * @throws DatabaseNotStarted if it is taken
     */
    static DirectoryLock take(Path directory) {
        try {
            var channel = FileChannel.open(
                    directory.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    channel.truncate(0);
                    channel.write(bytes(Long.toString(ProcessHandle.current().pid())), 0);
                    return new DirectoryLock(channel);
                }
                var holder = ByteBuffer.allocate(20);
                channel.read(holder, 0);
                channel.close();
                throw inUse(directory, "process " + new String(holder.array(), StandardCharsets.US_ASCII).strip());
            } catch (OverlappingFileLockException e) {
                // closing the channel would give the other's lock away: POSIX locks belong to the process
                throw inUse(directory, "this process");
            }
        } catch (IOException e) {
            throw new DatabaseNotStarted("%s can't be locked: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static DatabaseNotStarted inUse(Path directory, String holder) {
        return new DatabaseNotStarted(
                "the database in %s is in use by %s: one service at a time"
                        .formatted(directory, holder.replace("\0", "")),
                null);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
