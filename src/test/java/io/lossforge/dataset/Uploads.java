package io.lossforge.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files as people send them. */
final class Uploads {

    private Uploads() {}

    /** Entries in the order they are given: name, content, name, content… A name that ends with / is a folder. */
    static Map<String, byte[]> entries(Object... namesAndContents) {
        var entries = new LinkedHashMap<String, byte[]>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            entries.put((String) namesAndContents[i], (byte[]) namesAndContents[i + 1]);
        }
        return entries;
    }

    static byte[] zip(Map<String, byte[]> entries) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] tar(Map<String, byte[]> entries) {
        var tar = new ByteArrayOutputStream();
        entries.forEach((name, content) -> {
            tar.writeBytes(
                    tarHeader(name.getBytes(StandardCharsets.UTF_8), name.endsWith("/") ? '5' : '0', content.length));
            tar.writeBytes(content);
            tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
        });
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    /** One header block, POSIX. */
    static byte[] tarHeader(byte[] name, char type, long size) {
        var header = ByteBuffer.allocate(512);
        header.put(0, name, 0, Math.min(100, name.length));
        put(header, 100, "0000644\0");
        put(header, 124, "%011o\0".formatted(size));
        put(header, 136, "00000000000\0");
        header.put(156, (byte) type);
        put(header, 157, type == '1' || type == '2' ? "/etc/passwd" : "");
        put(header, 257, "ustar\0" + "00");
        put(header, 148, "        ");
        int sum = 0;
        for (byte value : header.array()) {
            sum += value & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header.array();
    }

    private static void put(ByteBuffer into, int at, String text) {
        into.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** An IDX file of uint8. */
    static byte[] idx(byte[] data, int... shape) {
        var idx = ByteBuffer.allocate(4 + 4 * shape.length + data.length);
        idx.put((byte) 0).put((byte) 0).put((byte) 8).put((byte) shape.length);
        for (int dimension : shape) {
            idx.putInt(dimension);
        }
        return idx.put(data).array();
    }

    /** A NumPy file with any header text. */
    static byte[] npy(String type, boolean fortran, String shape, byte[] data) {
        var header =
                "{'descr': %s, 'fortran_order': %s, 'shape': %s, }".formatted(type, fortran ? "True" : "False", shape);
        var padded = header + " ".repeat((64 - (10 + header.length() + 1) % 64) % 64) + "\n";
        return ByteBuffer.allocate(10 + padded.length() + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(NpyHeader.MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
    }

    static byte[] npy(String type, String shape, byte[] data) {
        return npy("'" + type + "'", false, shape, data);
    }

    static byte[] float32(float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] int64(long... values) {
        var bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A zip of one stored entry with the given name bytes and Unix mode, as no well-behaved tool makes it. */
    static byte[] rawZip(byte[] name, int unixMode, byte[] content) {
        var crc = new CRC32();
        crc.update(content);
        var zip = ByteBuffer.allocate(30 + name.length + content.length + 46 + name.length + 22)
                .order(ByteOrder.LITTLE_ENDIAN);
        zip.putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0);
        zip.putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
        zip.putShort((short) name.length).putShort((short) 0).put(name).put(content);
        int central = zip.position();
        zip.putInt(0x02014b50)
                .putShort((short) 0x0314)
                .putShort((short) 20)
                .putShort((short) 0)
                .putShort((short) 0);
        zip.putInt(0).putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
        zip.putShort((short) name.length)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0);
        zip.putShort((short) 0).putInt(unixMode << 16).putInt(0).put(name);
        int end = zip.position();
        zip.putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 1);
        zip.putInt(end - central).putInt(central).putShort((short) 0);
        return zip.array();
    }
}
