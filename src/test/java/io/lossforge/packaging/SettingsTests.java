package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The settings that image, compose file and chart make are settings that somebody reads. */
class SettingsTests {

    private static final Pattern ASSIGNED = Pattern.compile("((?:LOSSFORGE|SPRING|SERVER|MANAGEMENT)_[A-Z0-9_]+)=");

    private final Set<String> known = known();

    @Test
    void ofTheImage() {
        assertThat(Dockerfiles.instructions().stream()
                        .filter(instruction -> instruction.name().equals("ENV"))
                        .flatMap(environment ->
                                ASSIGNED.matcher(environment.arguments()).results())
                        .map(match -> match.group(1)))
                .contains("LOSSFORGE_ROLES")
                .allMatch(known::contains);
    }

    @Test
    void ofTheComposeFile() {
        var services = ComposeTests.read("docker-compose.yml").get("services");

        assertThat(Stream.of("server", "worker")
                        .flatMap(name -> services.get(name).get("environment").propertyNames().stream()))
                .contains("SPRING_DATASOURCE_URL")
                .allMatch(known::contains);
        assertThat(Pattern.compile("/keys/\\w+/(\\S+)")
                        .matcher(services.at("/keys/command/0").asString())
                        .results()
                        .map(match -> variable(match.group(1))))
                .hasSize(2)
                .allMatch(known::contains);
    }

    @Test
    void ofTheChart() {
        var deployments = Stream.of("s3", "gpu", "ingress")
                .flatMap(name -> Chart.render(Path.of("helm/lossforge/ci/%s-values.yaml".formatted(name))).stream())
                .filter(Deployment.class::isInstance)
                .map(object -> ((Deployment) object).getSpec().getTemplate().getSpec())
                .toList();

        assertThat(deployments.stream()
                        .flatMap(pod -> pod.getContainers().get(0).getEnv().stream())
                        .map(EnvVar::getName))
                .contains("LOSSFORGE_STORAGE_S3_PATHSTYLE", "LOSSFORGE_WORKER_LEASE")
                .allMatch(known::contains);
        assertThat(deployments.stream()
                        .flatMap(pod -> pod.getVolumes().stream())
                        .filter(volume -> volume.getSecret() != null)
                        .flatMap(volume -> volume.getSecret().getItems().stream())
                        .map(KeyToPath::getPath)
                        .map(SettingsTests::variable))
                .contains("LOSSFORGE_SECURITY_APIKEYS", "LOSSFORGE_STORAGE_S3_SECRETKEY")
                .allMatch(known::contains);
    }

    /** Every documented setting of the service and of what it is built on, as environment variables. */
    private static Set<String> known() {
        try {
            var names = new HashSet<String>();
            var loader = SettingsTests.class.getClassLoader();
            for (var file : Collections.list(loader.getResources("META-INF/spring-configuration-metadata.json"))) {
                try (var json = file.openStream()) {
                    JsonMapper.shared().readTree(json).path("properties").forEach(property -> {
                        var setting = property.path("name").asString();
                        names.add(variable(setting));
                        names.add(variable(setting.replace('-', '.'))); // Spring reads this form too
                    });
                }
            }
            return names;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String variable(String setting) {
        return setting.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
    }
}
