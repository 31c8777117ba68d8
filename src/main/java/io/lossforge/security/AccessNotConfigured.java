package io.lossforge.security;

/** The settings would leave the service open to a network, or hold something that is no key. The service does not start. */
class AccessNotConfigured extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AccessNotConfigured(String message) {
        super(message);
    }
}
