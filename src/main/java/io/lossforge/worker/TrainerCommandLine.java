package io.lossforge.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a trainer process is started: with the classes of this process, and little of its environment. */
final class TrainerCommandLine {

    static final String MAIN = "io.lossforge.training.Trainer";

    private static final String LAUNCHER = "org.springframework.boot.loader.launch.PropertiesLauncher";

    /** What may be seen of this process's environment: nothing that could hold a secret. */
    private static final List<String> PASSED_ON =
            List.of("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "JAVA_HOME");

    private static final List<String> PASSED_ON_PREFIXES = List.of(
            "LC_",
            "DJL_",
            "ENGINE_CACHE_",
            "PYTORCH_",
            "TORCH_",
            "CUDA_",
            "CUDNN_",
            "NVIDIA_",
            "NCCL_",
            "OMP_",
            "MKL_",
            "KMP_",
            "OPENBLAS_",
            "MALLOC_");

    private TrainerCommandLine() {}

    /**
     * The command.
     *
     * @param classPath of this process: directories and jars, a jar that only names others, or the service's own jar, which needs its launcher
     * @param options of the virtual machine
     */
    static List<String> of(Path javaHome, String classPath, List<String> options) {
        var command = new ArrayList<String>();
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-XX:ErrorFile=hs_err.log"));
        command.addAll(options);
        if (needsLauncher(classPath)) {
            command.add("-Dloader.main=" + MAIN);
            command.add(LAUNCHER);
        } else {
            command.add(MAIN);
        }
        return command;
    }

    /**
     * The environment. The class path is here and not in the command, so that the process list stays readable.
     *
     * @param own of this process
     */
    static Map<String, String> environment(Map<String, String> own, String classPath, String visibleDevices) {
        var environment = new HashMap<String, String>();
        own.forEach((name, value) -> {
            var upper = name.toUpperCase(Locale.ROOT);
            if (PASSED_ON.contains(upper) || PASSED_ON_PREFIXES.stream().anyMatch(upper::startsWith)) {
                environment.put(name, value);
            }
        });
        environment.put("CLASSPATH", classPath);
        environment.put("OPT_OUT_TRACKING", "true");
        environment.put("DJL_OFFLINE", "true");
        environment.put("CUDA_VISIBLE_DEVICES", visibleDevices);
        return environment;
    }

    /** Whether the classes lie in a jar inside the jar, or in the same layout unpacked. */
    private static boolean needsLauncher(String classPath) {
        if (classPath.contains(System.getProperty("path.separator"))) {
            return false;
        }
        var only = Path.of(classPath);
        if (Files.isDirectory(only)) {
            return Files.isDirectory(only.resolve("BOOT-INF"));
        }
        try (var jar = new java.util.jar.JarFile(only.toFile())) {
            return jar.getEntry("BOOT-INF/classes/") != null;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
