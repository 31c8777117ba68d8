package io.lossforge.storage;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where blobs are kept: datasets, models, checkpoints.
 *
 * @param kind `file` keeps them in the data directory, `s3` in an S3-compatible object store; several processes on several
 *     machines need `s3` or a shared file system
 * @param s3 the object store, when the kind is `s3`
 */
@ConfigurationProperties("lossforge.storage")
record StorageSettings(
        @DefaultValue("file") Kind kind, @DefaultValue S3 s3) {

    enum Kind {
        FILE,
        S3
    }

    /**
     * An S3-compatible object store.
     *
     * @param bucket the bucket, which must exist; required when the kind is `s3`
     * @param endpoint address of an object store other than Amazon's, such as `http://localhost:9000`
     * @param region region to sign for
     * @param pathStyle whether the bucket is in the path rather than in the host name, as most stores but Amazon's want it
     * @param accessKey access key; absent means the AWS chain (environment, profile, instance role)
     * @param secretKey secret key that belongs to the access key
     */
    record S3(
            @Nullable String bucket,
            @Nullable String endpoint,
            @DefaultValue("us-east-1") String region,
            @DefaultValue("false") boolean pathStyle,
            @Nullable String accessKey,
            @Nullable String secretKey) {}
}
