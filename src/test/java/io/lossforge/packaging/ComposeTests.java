package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ComposeTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Schema SCHEMA = schema();

    private final JsonNode compose = read("docker-compose.yml");
    private final JsonNode gpu = read("docker-compose.gpu.yml");

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.gpu.yml"})
    void followsTheComposeSpecification(String file) {
        assertThat(SCHEMA.validate(read(file))).extracting(Error::getMessage).isEmpty();
    }

    @Test
    void theSchemaRefusesWhatIsMisspelt() {
        var misspelt = compose.deepCopy();
        ((ObjectNode) misspelt.at("/services/server")).put("read_olny", true);

        assertThat(SCHEMA.validate(misspelt))
                .extracting(Error::toString)
                .anyMatch(error -> error.contains("read_olny"));
    }

    static Stream<String> services() {
        return read("docker-compose.yml").get("services").propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("services")
    void everyServiceIsHardened(String name) {
        var service = compose.get("services").get(name);

        assertThat(service.path("read_only").asBoolean()).isTrue();
        assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
        assertThat(texts(service.path("security_opt"))).containsExactly("no-new-privileges:true");
        assertThat(service.propertyNames())
                .doesNotContain("privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "volumes_from")
                .contains("mem_limit", "pids_limit");
        assertThat(service.path("network_mode").asString("none")).isEqualTo("none");
        assertThat(texts(service.path("volumes")))
                .as("volumes of compose, no directory of the host")
                .allMatch(volume -> compose.get("volumes").has(volume.split(":")[0]));
        assertThat(texts(service.path("tmpfs"))).allMatch(mount -> mount.contains("noexec,nosuid,nodev"));
        assertThat(service.path("image").asString()).matches("[a-z/]+:.+").doesNotEndWith(":latest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"database", "server", "worker"})
    void everyServiceThatStaysIsWatchedAndGivenTime(String name) {
        var service = compose.get("services").get(name);

        assertThat(service.at("/healthcheck/test").isArray()).isTrue();
        assertThat(service.path("restart").asString()).isEqualTo("unless-stopped");
        assertThat(service.path("stop_grace_period").asString()).matches("(60|120)s");
        assertThat(service.at("/depends_on").properties()).allSatisfy(dependency -> {
            assertThat(compose.get("services").has(dependency.getKey())).isTrue();
            assertThat(dependency.getValue().path("condition").asString())
                    .isEqualTo(
                            dependency.getKey().equals("keys") ? "service_completed_successfully" : "service_healthy");
        });
    }

    @Test
    void onlyTheServerIsPublishedAndOnlyOnLoopback() {
        assertThat(services().filter(name -> compose.get("services").get(name).has("ports")))
                .containsExactly("server");
        assertThat(texts(compose.at("/services/server/ports")))
                .containsExactly("${LOSSFORGE_PUBLISH:-127.0.0.1:8080}:8080");
        assertThat(compose.at("/networks/inside/internal").asBoolean()).isTrue();
        assertThat(texts(compose.at("/services/database/networks"))).containsExactly("inside");
        assertThat(texts(compose.at("/services/worker/networks"))).containsExactly("inside");
    }

    @Test
    void secretsAreMadeAtInstallAndReachOnlyWhoNeedsThem() {
        assertThat(mounts("api-keys")).containsExactlyInAnyOrder("keys", "server");
        assertThat(mounts("database-password")).containsExactlyInAnyOrder("keys", "database", "server", "worker");
        assertThat(services()
                        .filter(name -> !name.equals("keys"))
                        .flatMap(name -> texts(compose.at("/services/%s/volumes".formatted(name))).stream())
                        .filter(volume -> volume.startsWith("api-keys:") || volume.startsWith("database-password:")))
                .allMatch(volume -> volume.endsWith(":ro"));
        assertThat(services()
                        .flatMap(name -> compose.at("/services/%s/environment".formatted(name)).properties().stream())
                        .filter(variable -> variable.getKey().matches(".*(PASSWORD|SECRET|KEY).*"))
                        .map(variable -> variable.getKey()))
                .containsOnly("POSTGRES_PASSWORD_FILE");
    }

    @Test
    void imagesAreTheOnesThatAreBuilt() throws IOException {
        var targets = Dockerfiles.stages();

        assertThat(Stream.of(compose, gpu)
                        .flatMap(file -> file.get("services").properties().stream())
                        .filter(service -> service.getValue().has("build"))
                        .map(service -> service.getValue().get("image").asString() + " "
                                + service.getValue().at("/build/target").asString()))
                .containsExactlyInAnyOrder(
                        "lossforge/server:${LOSSFORGE_VERSION:-%s} server".formatted(Pom.version()),
                        "lossforge/worker:${LOSSFORGE_VERSION:-%s} worker".formatted(Pom.version()),
                        "lossforge/worker:${LOSSFORGE_VERSION:-%s}-gpu worker-gpu".formatted(Pom.version()));
        assertThat(targets).contains("server", "worker", "worker-gpu");
    }

    @Test
    void theGpuFileChangesTheWorkerOnly() {
        assertThat(gpu.get("services").propertyNames()).containsExactly("worker");
        assertThat(texts(gpu.at("/services/worker/deploy/resources/reservations/devices/0/capabilities")))
                .containsExactly("gpu");
    }

    private List<String> mounts(String volume) {
        return services()
                .filter(name -> texts(compose.at("/services/%s/volumes".formatted(name))).stream()
                        .anyMatch(mount -> mount.startsWith(volume + ":")))
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asString)
                .toList();
    }

    static JsonNode read(String file) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (var yaml = Files.newBufferedReader(Path.of(file))) {
            return JSON.valueToTree(new Yaml(new SafeConstructor(options)).load(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema schema() {
        try (InputStream json = Objects.requireNonNull(ComposeTests.class.getResourceAsStream("compose-spec.json"))) {
            var schema = (ObjectNode) JSON.readTree(json);
            // an address that is not draft 7's own, and one that is none
            schema.remove(List.of("$schema", "$id"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
