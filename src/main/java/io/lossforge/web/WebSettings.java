package io.lossforge.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What requests may be like.
 *
 * @param maxBody largest body of a request other than a multipart upload, such as JSON or one picture; a larger one is answered 413
 * @param bodyTime how long a body other than a multipart upload may take, and a second more for each 64 KB of it that have come; a slower one is answered 408
 */
@ConfigurationProperties("lossforge.web")
record WebSettings(
        @DefaultValue("16MB") DataSize maxBody,
        @DefaultValue("30s") Duration bodyTime) {}
