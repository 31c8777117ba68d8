package io.lossforge.storage;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    DataDirectory dataDirectory(DirectorySettings settings) {
        return new DataDirectory(settings.dataDirectory());
    }

    @Bean
    @ConditionalOnProperty(name = "lossforge.storage.kind", havingValue = "file", matchIfMissing = true)
    Storage fileStorage(DataDirectory directory) {
        return new FileStorage(directory.resolve("blobs"));
    }
}
