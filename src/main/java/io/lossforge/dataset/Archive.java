package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files below folders, in a container or on the disk. Only plain files and folders: anything else in it is refused. */
interface Archive {

    /** Shows the entries in the container's order, until the visitor has seen enough; may be called again. */
    void each(Visitor visitor) throws IOException;

    /** Looks at entries. */
    interface Visitor {

        /** Whether to go on. */
        boolean visit(Entry entry) throws IOException;
    }

    /** One entry, valid while it is visited. */
    interface Entry {

        /** Relative, with {@code /} between the segments, without {@code .} and {@code ..}, no {@code /} at its end. */
        String path();

        boolean isDirectory();

        /** The content, for the caller to close; once. */
        InputStream open() throws IOException;
    }

    /**
     * The path an entry has, from its bytes.
     *
     * @throws RefusedUpload if it is not UTF-8, or leads out of the archive
     */
    static String path(Source source, byte[] name) {
        try {
            return path(
                    source,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(name))
                            .toString());
        } catch (CharacterCodingException e) {
            throw source.refused(
                    "entry name \"%s\" is not UTF-8; pack it again with UTF-8 names".formatted(Shown.bytes(name)));
        }
    }

    /**
     * The path an entry has.
     *
     * @throws RefusedUpload if it leads out of the archive
     */
    static String path(Source source, String name) {
        var path = name.replace('\\', '/');
        if (path.startsWith("/") || path.matches("[A-Za-z]:.*") || path.indexOf('\0') >= 0) {
            throw source.refused("entry name \"%s\" is not relative".formatted(Shown.name(name)));
        }
        var segments = Arrays.stream(path.split("/"))
                .filter(segment -> !segment.isEmpty() && !segment.equals("."))
                .toList();
        if (segments.contains("..")) {
            throw source.refused("entry name \"%s\" leads out of the archive".formatted(Shown.name(name)));
        }
        return String.join("/", segments);
    }
}
