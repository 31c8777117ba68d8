package io.lossforge.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the other files have to agree with. */
final class Pom {

    private static final Pattern VERSION =
            Pattern.compile("<artifactId>lossforge</artifactId>\\s*<version>([^<]+)</version>");

    private Pom() {}

    /** The version of the build. */
    static String buildVersion() {
        return first(VERSION);
    }

    /** The version of the release that the build leads to. */
    static String version() {
        return buildVersion().replace("-SNAPSHOT", "");
    }

    /** A property, such as {@code libtorch.version}. */
    static String property(String name) {
        return first(Pattern.compile("<%s>([^<]+)</%s>".formatted(Pattern.quote(name), Pattern.quote(name))));
    }

    private static String first(Pattern pattern) {
        try {
            var matcher = pattern.matcher(Files.readString(Path.of("pom.xml")));
            if (!matcher.find()) {
                throw new IllegalStateException("pom.xml has no " + pattern);
            }
            return matcher.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
