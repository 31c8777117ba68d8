package io.lossforge.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Blobs as objects of one bucket. The store shows an object when all of it has come, and checks its SHA-256 where it can. */
class S3Storage implements Storage, AutoCloseable {

    private final S3Client s3;
    private final String bucket;
    private final S3Upload upload;

    /**
     * Blobs in the bucket.
     *
     * @param partBytes larger files are sent in parts of this size; S3 takes 5 MiB to 5 GiB
     */
    S3Storage(StorageSettings.S3 settings, long partBytes) {
        if (settings.bucket() == null || settings.bucket().isBlank()) {
            throw new IllegalArgumentException(
                    "lossforge.storage.s3.bucket must be set when lossforge.storage.kind is s3");
        }
        this.bucket = settings.bucket();
        this.s3 = client(settings);
        this.upload = new S3Upload(s3, bucket, partBytes);
    }

    private static S3Client client(StorageSettings.S3 settings) {
        var client = S3Client.builder().region(Region.of(settings.region())).forcePathStyle(settings.pathStyle());
        if (settings.endpoint() != null && !settings.endpoint().isBlank()) {
            client.endpointOverride(URI.create(settings.endpoint()));
        }
        if (settings.accessKey() != null
                && settings.secretKey() != null
                && !settings.accessKey().isBlank()) {
            client.credentialsProvider(StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(settings.accessKey(), settings.secretKey())));
        } else {
            client.credentialsProvider(DefaultCredentialsProvider.builder().build());
        }
        return client.build();
    }

    @Override
    public Stored put(String key, Path file) {
        Keys.checked(key);
        return answered(() -> {
            try {
                return upload.put(key, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** By way of a temporary file: S3 wants to know the length, and the hash, before the first byte. */
    @Override
    public Stored put(String key, InputStream bytes, long maxBytes) {
        Keys.checked(key);
        try {
            var temporary = Files.createTempFile("blob", "");
            try {
                Copies.write(key, bytes, temporary, maxBytes);
                return put(key, temporary);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open(String key) {
        Keys.checked(key);
        return answered(() -> {
            try {
                return new Download(
                        s3.getObject(request -> request.bucket(bucket).key(key)));
            } catch (NoSuchKeyException e) {
                throw new NoSuchBlob(key);
            }
        });
    }

    @Override
    public void copyTo(String key, Path target) {
        try (var bytes = open(key)) {
            Copies.copy(bytes, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean exists(String key) {
        Keys.checked(key);
        return answered(() -> {
            try {
                s3.headObject(request -> request.bucket(bucket).key(key));
                return true;
            } catch (NoSuchKeyException e) {
                return false;
            }
        });
    }

    @Override
    public void delete(String key) {
        Keys.checked(key);
        answered(() -> s3.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    @Override
    public void scan(String prefix, Consumer<Blob> found) {
        Keys.checkedPrefix(prefix);
        answered(() -> {
            s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                    .contents()
                    .forEach(object -> found.accept(new Blob(object.key(), object.size(), object.lastModified())));
            return true;
        });
    }

    /** Parts of uploads that were never completed: S3 keeps them, unseen, until they are given up. */
    @Override
    public void removeUnfinished(Instant before) {
        answered(() -> {
            s3.listMultipartUploadsPaginator(request -> request.bucket(bucket)).uploads().stream()
                    .filter(upload -> upload.initiated().isBefore(before))
                    .forEach(upload -> s3.abortMultipartUpload(
                            request -> request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId())));
            return true;
        });
    }

    @Override
    public String check() {
        answered(() -> s3.headBucket(request -> request.bucket(bucket)));
        return "s3://" + bucket;
    }

    @Override
    public void close() {
        s3.close();
    }

    private static <T> T answered(Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw new UncheckedIOException(new IOException("the object store failed: " + e.getMessage(), e));
        }
    }

    /** Closed early, it hangs up rather than fetch the rest. */
    private static final class Download extends FilterInputStream {

        private final ResponseInputStream<GetObjectResponse> object;
        private boolean ended;

        Download(ResponseInputStream<GetObjectResponse> object) {
            super(object);
            this.object = object;
        }

        @Override
        public int read() throws IOException {
            int value = object.read();
            ended = value < 0;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = object.read(buffer, offset, length);
            ended = read < 0;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (ended) {
                object.close();
            } else {
                object.abort();
            }
        }
    }
}
