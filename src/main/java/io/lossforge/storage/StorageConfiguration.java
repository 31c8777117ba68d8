package io.lossforge.storage;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    private static final long S3_PART_BYTES = 64L << 20;

    @Bean
    DataDirectory dataDirectory(DirectorySettings settings) {
        return new DataDirectory(settings.dataDirectory());
    }

    @Bean
    @ConditionalOnProperty(name = "lossforge.storage.kind", havingValue = "file", matchIfMissing = true)
    Storage fileStorage(DataDirectory directory) {
        return new FileStorage(directory.resolve("blobs"));
    }

    @Bean
    @ConditionalOnProperty(name = "lossforge.storage.kind", havingValue = "s3")
    S3Storage s3Storage(StorageSettings settings) {
        return new S3Storage(settings.s3(), S3_PART_BYTES);
    }
}
