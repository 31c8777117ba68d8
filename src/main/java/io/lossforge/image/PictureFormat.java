package io.lossforge.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The formats read, told apart by their first bytes; a file's name says nothing. */
enum PictureFormat {
    JPEG("jpeg", "\u00ff\u00d8\u00ff"),
    PNG("png", "\u0089PNG\r\n\u001a\n"),
    GIF("gif", "GIF8"),
    BMP("bmp", "BM"),
    WEBP("webp", "RIFF"),
    TIFF_LITTLE_ENDIAN("tiff", "II*\0"),
    TIFF_BIG_ENDIAN("tiff", "MM\0*");

    /** What ImageIO calls it. */
    final String readerName;

    private final byte[] signature;

    PictureFormat(String readerName, String signature) {
        this.readerName = readerName;
        this.signature = signature.getBytes(StandardCharsets.ISO_8859_1);
    }

    static @Nullable PictureFormat of(byte[] encoded) {
        for (var format : values()) {
            if (matches(encoded, 0, format.signature)
                    && (format != WEBP || matches(encoded, 8, "WEBP".getBytes(StandardCharsets.ISO_8859_1)))) {
                return format;
            }
        }
        return null;
    }

    private static boolean matches(byte[] encoded, int offset, byte[] signature) {
        if (encoded.length < offset + signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if (encoded[offset + i] != signature[i]) {
                return false;
            }
        }
        return true;
    }
}
