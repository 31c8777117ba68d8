package io.lossforge.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The classes of this process, for another one to run some of them.
 *
 * @param classPath directories and jars, a jar that only names others, or the service's own jar, which needs its launcher
 */
public record OwnClasses(String classPath) {

    private static final String LAUNCHER = "org.springframework.boot.loader.launch.PropertiesLauncher";

    /** Those of this process, wherever the other one runs. It gets them by the environment variable {@code CLASSPATH}. */
    public static OwnClasses here() {
        var separator = System.getProperty("path.separator");
        return new OwnClasses(
                Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(separator)))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(separator)));
    }

    /** The last words of a {@code java} command that runs a class. */
    public List<String> running(String mainClass) {
        return needsLauncher() ? List.of("-Dloader.main=" + mainClass, LAUNCHER) : List.of(mainClass);
    }

    /** Whether the classes lie in a jar inside the jar, or in the same layout unpacked. */
    private boolean needsLauncher() {
        if (classPath.contains(System.getProperty("path.separator"))) {
            return false;
        }
        var only = Path.of(classPath);
        if (Files.isDirectory(only)) {
            return Files.isDirectory(only.resolve("BOOT-INF"));
        }
        try (var jar = new JarFile(only.toFile())) {
            return jar.getEntry("BOOT-INF/classes/") != null;
        } catch (IOException e) {
            return false;
        }
    }
}
