package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTests {

    private static final String LEAST = "database: {existingSecret: pg}\n";

    @BeforeEach
    void emptyCluster() {
        Chart.CLUSTER.clear();
    }

    @Test
    void lints() {
        var lint = Chart.lint();

        assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
        assertThat(lint.getMessages()).noneMatch(message -> message.startsWith("[WARNING]"));
    }

    @Test
    void runsTheVersionThatIsBuilt() throws Exception {
        assertThat(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")))
                .contains("appVersion: " + Pom.version())
                .contains("\nversion: " + Pom.version());
    }

    @Test
    void needsNoMoreThanADatabase() {
        var objects = Chart.render(LEAST);

        assertThat(objects)
                .extracting(
                        object -> object.getKind() + " " + object.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "Deployment try-lossforge-server",
                        "Deployment try-lossforge-worker",
                        "Service try-lossforge",
                        "Secret try-lossforge-api-keys",
                        "ServiceAccount try-lossforge",
                        "PersistentVolumeClaim try-lossforge-blobs",
                        "NetworkPolicy try-lossforge",
                        "NetworkPolicy try-lossforge-server",
                        "PodDisruptionBudget try-lossforge-server",
                        "PodDisruptionBudget try-lossforge-worker",
                        "Pod try-lossforge-test");
        assertThatThrownBy(() -> Chart.render("server: {replicas: 1}\n"))
                .hasMessageContaining("database.existingSecret is required");
    }

    @Test
    void serverAndWorkersShareOneVolumeOfBlobs() {
        var objects = Chart.render(LEAST);

        var claim = only(objects, PersistentVolumeClaim.class);
        assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteMany");
        assertThat(claim.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
        assertThat(all(objects, Deployment.class)).allSatisfy(deployment -> {
            var pod = pod(deployment);
            assertThat(mountAt(pod, "/data/blobs")).isEqualTo("blobs");
            assertThat(pod.getVolumes())
                    .anySatisfy(volume -> assertThat(volume.getPersistentVolumeClaim())
                            .isNotNull()
                            .extracting("claimName")
                            .isEqualTo(claim.getMetadata().getName()));
        });
    }

    @Test
    void anObjectStoreTakesThePlaceOfTheVolume() {
        var objects = Chart.render(Path.of("helm/lossforge/ci/s3-values.yaml"));

        assertThat(all(objects, PersistentVolumeClaim.class)).isEmpty();
        assertThat(all(objects, Deployment.class)).hasSize(2).allSatisfy(deployment -> {
            var pod = pod(deployment);
            assertThat(environment(pod))
                    .contains(
                            new EnvVar("LOSSFORGE_STORAGE_KIND", "s3", null),
                            new EnvVar("LOSSFORGE_STORAGE_S3_BUCKET", "lossforge", null),
                            new EnvVar("LOSSFORGE_STORAGE_S3_ENDPOINT", "https://objects.example.org:9000", null),
                            new EnvVar("LOSSFORGE_STORAGE_S3_PATHSTYLE", "true", null));
            assertThat(mountAt(pod, "/run/lossforge/s3")).isEqualTo("s3");
        });
        assertThat(egressPorts(objects)).contains(6432, 9000).doesNotContain(5432);
    }

    @Test
    void gpusGetAPoolOfTheirOwn() {
        var objects = Chart.render(Path.of("helm/lossforge/ci/gpu-values.yaml"));

        assertThat(deployment(objects, "worker").getSpec().getReplicas()).isZero();
        var pool = deployment(objects, "worker-gpu");
        var container = pod(pool).getContainers().get(0);
        assertThat(pool.getSpec().getReplicas()).isEqualTo(3);
        assertThat(container.getImage()).endsWith("-gpu");
        assertThat(container.getResources().getLimits()).containsEntry("nvidia.com/gpu", new Quantity("2"));
        assertThat(pod(pool).getRuntimeClassName()).isEqualTo("nvidia");
        assertThat(pod(pool).getTolerations()).extracting("key").containsExactly("nvidia.com/gpu");
        assertThat(environment(pod(pool))).contains(new EnvVar("LOSSFORGE_WORKER_LEASE", "60s", null));
        assertThat(pod(deployment(objects, "worker"))
                        .getContainers()
                        .get(0)
                        .getResources()
                        .getLimits())
                .doesNotContainKey("nvidia.com/gpu");
        // a newcomer would wait for the GPU that its predecessor keeps until the newcomer is there
        assertThat(pool.getSpec().getStrategy().getRollingUpdate().getMaxSurge())
                .isEqualTo(new IntOrString(0));
    }

    @Test
    void theIngressEndsTlsAndReachesTheServer() {
        var objects = Chart.render(Path.of("helm/lossforge/ci/ingress-values.yaml"));

        var ingress = only(objects, Ingress.class).getSpec();
        assertThat(ingress.getIngressClassName()).isEqualTo("nginx");
        assertThat(ingress.getTls().get(0).getHosts()).containsExactly("lossforge.example.org");
        assertThat(ingress.getRules()
                        .get(0)
                        .getHttp()
                        .getPaths()
                        .get(0)
                        .getBackend()
                        .getService()
                        .getName())
                .isEqualTo("try-lossforge");
        assertThat(environment(pod(deployment(objects, "server"))))
                .contains(new EnvVar("SERVER_FORWARD_HEADERS_STRATEGY", "native", null));
        assertThat(Chart.notes(Path.of("helm/lossforge/ci/ingress-values.yaml")))
                .contains("https://lossforge.example.org/api/v1/jobs", "{.data.keys\\.txt}");
    }

    @Test
    void whatIsNotWantedIsNotMade() {
        var objects = Chart.render(Path.of("helm/lossforge/ci/bare-values.yaml"));

        assertThat(all(objects, PodDisruptionBudget.class)).isEmpty();
        assertThat(all(objects, NetworkPolicy.class)).isEmpty();
        assertThat(all(objects, ServiceAccount.class)).isEmpty();
        assertThat(all(objects, PersistentVolumeClaim.class)).isEmpty();
        assertThat(pod(deployment(objects, "server")).getServiceAccountName()).isEqualTo("default");
    }

    @Test
    void everyInstallHasAnApiKeyOfItsOwn() {
        var first = apiKey(Chart.render(LEAST));
        var second = apiKey(Chart.render(LEAST));

        assertThat(first).matches("[A-Za-z0-9]{48}").isNotEqualTo(second);
        assertThat(second).matches("[A-Za-z0-9]{48}");
    }

    @Test
    void anUpgradeKeepsTheApiKey() {
        var installed = only(Chart.render(LEAST), Secret.class);
        Chart.CLUSTER.put(Chart.NAMESPACE, installed);

        assertThat(only(Chart.render(LEAST), Secret.class).getData()).isEqualTo(installed.getData());
    }

    @Test
    void apiKeysOfOnesOwnAreUsedAndNoneIsMade() {
        var objects = Chart.render(LEAST + "apiKeys: {existingSecret: mine, key: all}\n");

        assertThat(all(objects, Secret.class)).isEmpty();
        assertThat(pod(deployment(objects, "server")).getVolumes())
                .filteredOn("name", "api-keys")
                .singleElement()
                .satisfies(volume -> {
                    assertThat(volume.getSecret().getSecretName()).isEqualTo("mine");
                    assertThat(volume.getSecret().getItems().get(0).getKey()).isEqualTo("all");
                });
    }

    @Test
    void onlyTheServerHasTheApiKeysAndCanBeCalled() {
        var objects = Chart.render(Path.of("helm/lossforge/ci/gpu-values.yaml"));

        assertThat(all(objects, Deployment.class))
                .filteredOn(deployment -> pod(deployment).getVolumes().stream()
                        .anyMatch(volume -> volume.getName().equals("api-keys")))
                .extracting(deployment -> deployment.getMetadata().getName())
                .containsExactly("try-lossforge-server");
        assertThat(all(objects, NetworkPolicy.class))
                .filteredOn(policy -> !policy.getSpec().getIngress().isEmpty())
                .singleElement()
                .satisfies(
                        policy -> assertThat(policy.getSpec().getPodSelector().getMatchLabels())
                                .containsEntry("app.kubernetes.io/component", "server"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            servers: {replicas: 1}                     | servers
            server: {replica: 1}                       | replica
            server: {replicas: 0}                      | replicas
            server: {replicas: two}                    | replicas
            server: {resources: {limits: {memory: 2Gi}}, podDisruptionBudget: {maxUnavailable: 0}} | maxUnavailable
            server: {resources: {limits: {memory: lots}}} | memory
            server: {extraEnv: [{name: A, vaule: b}]}  | vaule
            server: {service: {port: 70000}}           | port
            server: {ingress: {enabled: true}}         | host
            server: {terminationGracePeriodSeconds: 1} | terminationGracePeriodSeconds
            storage: {kind: minio}                     | kind
            storage: {kind: s3}                        | bucket
            storage: {file: {accessMode: ReadOnlyMany}}| accessMode
            database: {url: postgres://pg/lossforge}   | url
            gpuWorker: {enabled: true, gpus: 0}        | gpus
            worker: {tolerations: [{key: gpu, effekt: NoSchedule}]} | effekt
            networkPolicy: {ingressFrom: [{pods: {}}]} | pods
            """)
    void valuesThatMeanNothingAreRefused(String values, String named) {
        var document = values.startsWith("database") ? values : LEAST + values;

        assertThatThrownBy(() -> Chart.render(document))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "s3", "gpu", "ingress", "bare"})
    void everyReleaseKeepsTheRules(String name) {
        var objects = Chart.render(Path.of("helm/lossforge/ci/%s-values.yaml".formatted(name)));

        ClusterRules.check(objects);
        assertThat(Chart.notes(Path.of("helm/lossforge/ci/%s-values.yaml".formatted(name))))
                .contains("Authorization: Bearer $KEY");
    }

    private static <T> List<T> all(List<HasMetadata> objects, Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static <T> T only(List<HasMetadata> objects, Class<T> type) {
        var found = all(objects, type);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Deployment deployment(List<HasMetadata> objects, String component) {
        return all(objects, Deployment.class).stream()
                .filter(deployment -> deployment.getMetadata().getName().endsWith("-" + component))
                .findFirst()
                .orElseThrow();
    }

    private static PodSpec pod(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static List<EnvVar> environment(PodSpec pod) {
        return pod.getContainers().get(0).getEnv();
    }

    private static String mountAt(PodSpec pod, String path) {
        return pod.getContainers().get(0).getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals(path))
                .findFirst()
                .orElseThrow()
                .getName();
    }

    private static List<Integer> egressPorts(List<HasMetadata> objects) {
        return all(objects, NetworkPolicy.class).stream()
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> port.getPort().getIntVal())
                .toList();
    }

    private static String apiKey(List<HasMetadata> objects) {
        var encoded = only(objects, Secret.class).getData().get("api-keys");
        return new String(Base64.getDecoder().decode(encoded), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
