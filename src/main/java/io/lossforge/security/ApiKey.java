package io.lossforge.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * One caller's key. Only the hash is kept, so that neither a log line nor a heap dump of this class gives the key away.
 */
final class ApiKey {

    private static final int SHORTEST = 24;
    private static final String HASHED = "sha256:";
    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9._-]{1,64})=(sha256:.*|.{" + SHORTEST + ",})");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

    private final String name;
    private final byte[] sha256;
    private final String fault;

    private ApiKey(String name, byte[] sha256, String fault) {
        this.name = name;
        this.sha256 = sha256;
        this.fault = fault;
    }

    /**
     * Reads a setting: {@code [name=](sha256:<hex> | <key>)}. A setting that is no key gives one with a {@link #fault}, which fits
     * nothing: an exception here would be reported with the setting's value.
     */
    static ApiKey read(String setting) {
        var text = setting.strip();
        var named = NAMED.matcher(text);
        boolean hasName = named.matches();
        var key = hasName ? named.group(2) : text;
        if (key.startsWith(HASHED)) {
            var hex = key.substring(HASHED.length());
            if (!HEX.matcher(hex).matches()) {
                return new ApiKey("", new byte[0], "sha256: must be followed by 64 hexadecimal digits");
            }
            return new ApiKey(
                    hasName ? named.group(1) : "key-" + hex.substring(0, 8),
                    HexFormat.of().parseHex(hex),
                    "");
        }
        if (key.length() < SHORTEST) {
            return new ApiKey(
                    "",
                    new byte[0],
                    "a key must have at least %d characters, this has %d".formatted(SHORTEST, key.length()));
        }
        var hash = sha256(key);
        return new ApiKey(
                hasName
                        ? named.group(1)
                        : "key-" + HexFormat.of().formatHex(hash).substring(0, 8),
                hash,
                "");
    }

    /** Who calls with it; the beginning of its hash where the setting gave no name. */
    String name() {
        return name;
    }

    /** What is wrong with the setting; empty if nothing is. */
    String fault() {
        return fault;
    }

    /** Whether the presented key's hash is this one's. Takes as long whether it is or not. */
    boolean fits(byte[] presentedSha256) {
        return MessageDigest.isEqual(sha256, presentedSha256);
    }

    static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKey key && name.equals(key.name) && Arrays.equals(sha256, key.sha256);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "API key of " + name;
    }
}
