package io.lossforge.page;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Members that a document of the interface always has. */
final class Members {

    private Members() {}

    static Object value(Map<?, ?> document, String name) {
        return Objects.requireNonNull(document.get(name), name);
    }

    static Map<?, ?> object(Map<?, ?> document, String name) {
        return (Map<?, ?>) value(document, name);
    }

    static List<?> list(Map<?, ?> document, String name) {
        return (List<?>) value(document, name);
    }
}
