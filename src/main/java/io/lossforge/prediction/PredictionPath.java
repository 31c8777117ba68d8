package io.lossforge.prediction;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The resources that make predictions, told from the path as it was sent: whoever writes it in another way meets the limit later. */
enum PredictionPath {
    PREDICT("/api/v1/models/{ref}/predict"),
    INFER("/v2/models/{name}/infer"),
    INFER_VERSION("/v2/models/{name}/versions/{version}/infer"),
    INVOCATIONS("/invocations");

    private final String template;

    PredictionPath(String template) {
        this.template = template;
    }

    /** As it is written in metrics. */
    String template() {
        return template;
    }

    /** What a request asks for; null if it is for no prediction. */
    static @Nullable PredictionPath of(HttpServletRequest request) {
        return request.getMethod().equals("POST") ? of(request.getRequestURI()) : null;
    }

    static @Nullable PredictionPath of(String path) {
        if (path.startsWith("/api/v1/models/") && path.endsWith("/predict")) {
            return PREDICT;
        }
        if (path.startsWith("/v2/models/") && path.endsWith("/infer")) {
            return path.contains("/versions/") ? INFER_VERSION : INFER;
        }
        return path.equals("/invocations") ? INVOCATIONS : null;
    }
}
