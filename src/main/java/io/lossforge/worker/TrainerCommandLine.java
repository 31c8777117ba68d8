package io.lossforge.worker;

import io.lossforge.process.OwnClasses;
import io.lossforge.training.JobProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a trainer process, or another that runs a job, is started: with the classes of this process, and little of its environment. */
final class TrainerCommandLine {

    private static final Path SHELL = Path.of("/bin/sh");

    /** What was standard output is descriptor 3, which takes the events; what else prints there prints to the log. The shell becomes the trainer. */
    private static final List<String> EVENTS_APART =
            List.of(SHELL.toString(), "-c", "exec \"$@\" 3>&1 1>&2", SHELL.toString());

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
     * The command. Where there is a shell, events come on a descriptor that nothing else in the process knows of; elsewhere on standard output.
     *
     * @param main class
     * @param classPath of this process: directories and jars, a jar that only names others, or the service's own jar, which needs its launcher
     * @param options of the virtual machine
     */
    static List<String> of(Class<?> main, Path javaHome, String classPath, List<String> options) {
        boolean eventsApart = Files.isExecutable(SHELL);
        var command = new ArrayList<String>(eventsApart ? EVENTS_APART : List.of());
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-XX:ErrorFile=hs_err.log"));
        if (eventsApart) {
            command.add("-D" + JobProcess.EVENTS + "=/dev/fd/3");
        }
        command.addAll(options);
        command.addAll(new OwnClasses(classPath).running(main.getName()));
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
}
