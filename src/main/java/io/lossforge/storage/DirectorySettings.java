package io.lossforge.storage;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this process keeps its data.
 *
 * @param dataDirectory directory of the embedded database, the blobs and the caches, relative to the working directory
 */
@ConfigurationProperties("lossforge")
record DirectorySettings(@DefaultValue("data") Path dataDirectory) {}
