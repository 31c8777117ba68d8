package io.lossforge.prediction;

/**
 * A request that is sent again and again.
 *
 * @param jsonBytes value of {@code Inference-Header-Content-Length}; "" to leave it out
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LoadRequest(String path, String contentType, String jsonBytes, byte[] body) {}
