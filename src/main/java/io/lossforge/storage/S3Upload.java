package io.lossforge.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.apache.commons.io.input.BoundedInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Sends files: small ones at once, others in parts, of which S3 shows nothing before the last has come. */
final class S3Upload {

    private static final int MOST_PARTS = 10_000;

    private final S3Client s3;
    private final String bucket;
    private final long partBytes;

    S3Upload(S3Client s3, String bucket, long partBytes) {
        this.s3 = s3;
        this.bucket = bucket;
        this.partBytes = partBytes;
    }

    Stored put(String key, Path file) throws IOException {
        var sha256 = sha256(file);
        long bytes = Files.size(file);
        var hex = HexFormat.of().formatHex(sha256);
        if (bytes <= partBytes) {
            s3.putObject(
                    request -> request.bucket(bucket)
                            .key(key)
                            .metadata(Map.of("sha256", hex))
                            .checksumSHA256(Base64.getEncoder().encodeToString(sha256)),
                    RequestBody.fromFile(file));
        } else {
            putInParts(key, file, bytes, hex);
        }
        return new Stored(key, bytes, hex);
    }

    private void putInParts(String key, Path file, long bytes, String sha256) throws IOException {
        long size = Math.max(partBytes, (bytes + MOST_PARTS - 1) / MOST_PARTS);
        var id = s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(key).metadata(Map.of("sha256", sha256)))
                .uploadId();
        boolean complete = false;
        try {
            var parts = new ArrayList<CompletedPart>();
            for (long from = 0; from < bytes; from += size) {
                parts.add(putPart(key, id, parts.size() + 1, file, from, Math.min(size, bytes - from)));
            }
            s3.completeMultipartUpload(request ->
                    request.bucket(bucket).key(key).uploadId(id).multipartUpload(upload -> upload.parts(parts)));
            complete = true;
        } finally {
            if (!complete) {
                s3.abortMultipartUpload(
                        request -> request.bucket(bucket).key(key).uploadId(id));
            }
        }
    }

    private CompletedPart putPart(String key, String id, int number, Path file, long from, long length) {
        var body = RequestBody.fromContentProvider(() -> slice(file, from, length), length, "application/octet-stream");
        var tag = s3.uploadPart(
                        request -> request.bucket(bucket).key(key).uploadId(id).partNumber(number), body)
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** Opened anew when the client has to send a part again. */
    private static InputStream slice(Path file, long from, long length) {
        try {
            var bytes = Files.newInputStream(file);
            bytes.skipNBytes(from);
            return BoundedInputStream.builder()
                    .setInputStream(bytes)
                    .setMaxCount(length)
                    .get();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] sha256(Path file) throws IOException {
        try (var bytes = new DigestInputStream(Files.newInputStream(file), Copies.sha256())) {
            bytes.transferTo(OutputStream.nullOutputStream());
            return bytes.getMessageDigest().digest();
        }
    }
}
