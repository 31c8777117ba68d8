package io.lossforge.security;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call.
 *
 * @param apiKeys keys that callers send as `Authorization: Bearer <key>`; each is a key of at least 24 characters or its hash
 *     `sha256:<hex>`, with a name before it if wanted, as in `ci=sha256:<hex>`. Without any, the service is open to its own machine
 *     and refuses to be bound to another address than loopback
 */
@ConfigurationProperties("lossforge.security")
record SecuritySettings(@DefaultValue List<ApiKey> apiKeys) {

    SecuritySettings {
        apiKeys = List.copyOf(apiKeys);
    }
}
