package io.lossforge.packaging;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The chart, rendered by Helm itself (a native library in a jar) and read strictly. The release is called {@code try}, its
 * namespace {@code ml}.
 */
final class Chart {

    static final Path DIRECTORY = Path.of("helm/lossforge");
    static final String NAMESPACE = "ml";
    static final ClusterWithSecrets CLUSTER = new ClusterWithSecrets();

    private static final Path WORK = Path.of("target/packaging").toAbsolutePath();

    /** The chart with its tests as plain objects: {@code template} leaves hooks out. */
    private static final Path WITHOUT_HOOKS = prepare();

    private Chart() {}

    private static Path prepare() {
        try {
            var kubeconfig = Path.of(Objects.requireNonNull(
                    System.getenv("KUBECONFIG"), "KUBECONFIG must name a file below target, as the pom sets it"));
            if (!kubeconfig.startsWith(WORK)) {
                throw new IllegalStateException(
                        "KUBECONFIG is %s: not a file below %s, left alone".formatted(kubeconfig, WORK));
            }
            Files.createDirectories(WORK);
            Files.writeString(kubeconfig, CLUSTER.kubeconfig());
            return copyWithoutHooks(WORK.resolve("chart"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copyWithoutHooks(Path target) throws IOException {
        try (var files = Files.walk(DIRECTORY)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var copy = target.resolve(DIRECTORY.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, Files.readString(file).replaceAll("(?m)^ +helm.sh/hook.*\\R", ""));
            }
        }
        return target;
    }

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().call();
    }

    /** Every object of a release with the values of a file. */
    static List<HasMetadata> render(Path values) {
        return KubernetesObjects.read(new Helm(WITHOUT_HOOKS)
                .template()
                .withName("try")
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.33.0")
                .withValuesFile(values)
                .call());
    }

    /** Every object of a release with values in YAML. */
    static List<HasMetadata> render(String values) {
        return render(file(values));
    }

    /** What a person reads after the install. */
    static String notes(Path values) {
        return new Helm(DIRECTORY)
                .install()
                .withName("try")
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.33.0")
                .withValuesFile(values)
                .clientOnly()
                .withDryRunOption(DryRun.CLIENT)
                .call()
                .getOutput();
    }

    private static Path file(String values) {
        try {
            return Files.writeString(Files.createTempFile(WORK, "values", ".yaml"), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
