package io.lossforge.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What requests may be like.
 *
 * @param maxBody largest body of a request other than a multipart upload, such as JSON or one picture; a larger one is answered 413
 */
@ConfigurationProperties("lossforge.web")
record WebSettings(@DefaultValue("16MB") DataSize maxBody) {}
