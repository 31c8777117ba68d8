package io.lossforge.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerCommandLineTests {

    private static final Path JAVA = Path.of("/jdk");

    @TempDir
    Path directory;

    @Test
    void runsTheTrainerWithTheClassesOfThisProcess() {
        var command = TrainerCommandLine.of(Trainer.class, JAVA, "a.jar:b.jar", List.of("-Xmx2g"));
        assertThat(command.subList(0, 4)).containsExactly("/bin/sh", "-c", "exec \"$@\" 3>&1 1>&2", "/bin/sh");
        assertThat(command.subList(4, command.size()))
                .startsWith("/jdk/bin/java")
                .contains("-Xmx2g", "-Dlossforge.trainer.events=/dev/fd/3");
        assertThat(command).endsWith("io.lossforge.training.Trainer").noneMatch(word -> word.contains("a.jar"));
        assertThat(TrainerCommandLine.environment(Map.of(), "a.jar:b.jar", ""))
                .containsEntry("CLASSPATH", "a.jar:b.jar");
    }

    @Test
    void jarWithJarsInsideNeedsItsLauncher() throws IOException {
        var jar = jarWith("BOOT-INF/classes/");
        var command = TrainerCommandLine.of(Trainer.class, JAVA, jar.toString(), List.of());
        assertThat(command.subList(command.size() - 2, command.size()))
                .containsExactly(
                        "-Dloader.main=io.lossforge.training.Trainer",
                        "org.springframework.boot.loader.launch.PropertiesLauncher");
        Files.createDirectories(directory.resolve("unpacked/BOOT-INF"));
        assertThat(TrainerCommandLine.of(
                        Trainer.class, JAVA, directory.resolve("unpacked").toString(), List.of()))
                .endsWith("org.springframework.boot.loader.launch.PropertiesLauncher");
    }

    @Test
    void jarThatOnlyNamesOthersNeedsNone() throws IOException {
        var jar = jarWith("META-INF/");
        assertThat(TrainerCommandLine.of(Trainer.class, JAVA, jar.toString(), List.of()))
                .endsWith("io.lossforge.training.Trainer");
    }

    @Test
    void trainerSeesNoSecret() {
        var environment = TrainerCommandLine.environment(
                Map.of(
                        "PATH", "/bin",
                        "SPRING_DATASOURCE_PASSWORD", "secret",
                        "LOSSFORGE_STORAGE_S3_SECRET_KEY", "secret",
                        "LOSSFORGE_SECURITY_API_KEYS", "secret",
                        "AWS_SECRET_ACCESS_KEY", "secret",
                        "PYTORCH_LIBRARY_PATH", "/opt/libtorch",
                        "CUDA_VISIBLE_DEVICES", "0,1"),
                "a.jar",
                "1");
        assertThat(environment)
                .containsEntry("PATH", "/bin")
                .containsEntry("PYTORCH_LIBRARY_PATH", "/opt/libtorch")
                .containsEntry("CUDA_VISIBLE_DEVICES", "1")
                .containsEntry("DJL_OFFLINE", "true")
                .containsEntry("OPT_OUT_TRACKING", "true")
                .doesNotContainValue("secret");
    }

    private Path jarWith(String entry) throws IOException {
        var jar = directory.resolve(entry.hashCode() + ".jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry(entry));
            out.closeEntry();
        }
        return jar;
    }
}
