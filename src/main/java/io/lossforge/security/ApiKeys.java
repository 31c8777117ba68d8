package io.lossforge.security;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every key that opens the service. */
final class ApiKeys {

    private final List<ApiKey> keys;

    /**
     * All keys.
     *
     * @throws AccessNotConfigured if one of them is none, or two have one name
     */
    ApiKeys(List<ApiKey> keys) {
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.get(i).fault().isEmpty()) {
                throw new AccessNotConfigured("lossforge.security.api-keys[%d]: %s"
                        .formatted(i, keys.get(i).fault()));
            }
        }
        var names = keys.stream().map(ApiKey::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new AccessNotConfigured("lossforge.security.api-keys: two keys have one name");
        }
        this.keys = List.copyOf(keys);
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Who has one. */
    String names() {
        return keys.stream().map(ApiKey::name).collect(Collectors.joining(", "));
    }

    /** The key that was presented. Looks at every key, so that the time taken tells nothing. */
    Optional<ApiKey> presented(String bearer) {
        var sha256 = ApiKey.sha256(bearer);
        Optional<ApiKey> found = Optional.empty();
        for (var key : keys) {
            if (key.fits(sha256)) {
                found = Optional.of(key);
            }
        }
        return found;
    }
}
