package io.lossforge.security;

/**
 * Who may call this process.
 *
 * @param description for the operator, such as {@code open to this machine only}
 */
public record AccessMode(String description) {}
