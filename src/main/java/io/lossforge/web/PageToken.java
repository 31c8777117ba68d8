package io.lossforge.web;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Where a page of a list ended, as an opaque text: the sort key of its last row. It holds no secret; a checksum tells a token that
 * was cut or made up.
 */
public final class PageToken {

    private static final int LONGEST = 1024;

    private PageToken() {}

    /** The token for the parts of a sort key. */
    public static String encode(String... parts) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (var part : parts) {
                out.writeUTF(part);
            }
            out.flush();
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * The parts of a token.
     *
     * @param parts how many there must be
     * @throws ApiException 400 if it is no token with as many parts
     */
    public static List<String> decode(String token, int parts) {
        try {
            if (token.length() > LONGEST) {
                throw malformed();
            }
            var bytes = Base64.getUrlDecoder().decode(token);
            var decoded = new ArrayList<String>();
            try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                while (in.available() > Integer.BYTES) {
                    decoded.add(in.readUTF());
                }
                if (decoded.size() != parts || in.readInt() != checksum(bytes, bytes.length - Integer.BYTES)) {
                    throw malformed();
                }
            }
            return List.copyOf(decoded);
        } catch (IllegalArgumentException | IOException e) {
            throw malformed();
        }
    }

    static ApiException malformed() {
        return ApiException.badRequest("/pageToken", "must be the nextPageToken of the page before, unchanged");
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
