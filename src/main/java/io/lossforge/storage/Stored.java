package io.lossforge.storage;

/**
 * What was stored.
 *
 * @param key where
 * @param bytes size
 * @param sha256 64 hexadecimal digits, lower case
 */
public record Stored(String key, long bytes, String sha256) {}
