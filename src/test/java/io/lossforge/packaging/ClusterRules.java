package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What holds for every release: the pod security standard "restricted", and what it leaves open (read-only root file system,
 * resources, probes, no token), and that the objects fit each other.
 */
final class ClusterRules {

    private ClusterRules() {}

    static void check(List<HasMetadata> objects) {
        assertThat(objects)
                .extracting(
                        object -> object.getKind() + " " + object.getMetadata().getName())
                .doesNotHaveDuplicates();
        assertThat(objects)
                .allSatisfy(object -> assertThat(object.getMetadata().getName())
                        .as(object.getKind())
                        .matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"));
        pods(objects).forEach(ClusterRules::check);
        all(objects, Deployment.class).forEach(ClusterRules::isWatched);
        all(objects, Deployment.class)
                .forEach(deployment -> assertThat(
                                deployment.getSpec().getTemplate().getMetadata().getLabels())
                        .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels()));
        all(objects, Service.class)
                .forEach(service ->
                        selectsOneDeployment(objects, service, service.getSpec().getSelector()));
        all(objects, PodDisruptionBudget.class)
                .forEach(budget -> selectsOneDeployment(
                        objects, budget, budget.getSpec().getSelector().getMatchLabels()));
    }

    private static void check(PodSpec pod) {
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks())
                .as("variables named after services would be taken for settings")
                .isFalse();
        assertThat(Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC()))
                .containsOnlyNulls();
        assertThat(pod.getVolumes()).extracting(Volume::getHostPath).containsOnlyNulls();
        assertThat(pod.getInitContainers()).isEmpty();
        var security = pod.getSecurityContext();
        assertThat(security.getRunAsNonRoot()).isTrue();
        assertThat(security.getRunAsUser()).isEqualTo(10001);
        assertThat(security.getFsGroup()).isEqualTo(10001);
        assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getContainers()).isNotEmpty().allSatisfy(container -> check(container, pod));
    }

    private static void check(Container container, PodSpec pod) {
        var security = container.getSecurityContext();
        assertThat(security.getPrivileged()).isFalse();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(security.getCapabilities().getAdd()).isEmpty();
        assertThat(container.getImage()).matches("lossforge/(server|worker):[0-9]+[.][0-9]+[.][0-9]+(-gpu)?");
        assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
        assertThat(container.getResources().getLimits()).containsKey("memory");
        assertThat(container.getEnv())
                .as("secrets come as files")
                .noneMatch(variable -> variable.getName().matches(".*(PASSWORD|SECRET|KEYS).*"));
        assertThat(container.getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        pod.getVolumes().stream().map(Volume::getName).toList());
    }

    private static void isWatched(Deployment deployment) {
        var pod = deployment.getSpec().getTemplate().getSpec();
        assertThat(pod.getTerminationGracePeriodSeconds())
                .as("longer than the service waits for requests to end, 20 s")
                .isGreaterThanOrEqualTo(30);
        assertThat(pod.getTopologySpreadConstraints()).isNotEmpty();
        assertThat(pod.getContainers()).allSatisfy(container -> {
            assertThat(container.getStartupProbe()).isNotNull();
            assertThat(container.getLivenessProbe()).isNotNull();
            assertThat(container.getReadinessProbe()).isNotNull();
            assertThat(container.getLivenessProbe())
                    .as("a service that is not ready is not to be killed for it")
                    .isNotEqualTo(container.getReadinessProbe());
        });
    }

    private static void selectsOneDeployment(
            List<HasMetadata> objects, HasMetadata selecting, Map<String, String> selector) {
        assertThat(all(objects, Deployment.class))
                .filteredOn(deployment -> deployment
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(selector.entrySet()))
                .as("%s %s", selecting.getKind(), selecting.getMetadata().getName())
                .hasSize(1);
    }

    private static Stream<PodSpec> pods(List<HasMetadata> objects) {
        return Stream.concat(
                all(objects, Deployment.class).stream()
                        .map(deployment -> deployment.getSpec().getTemplate().getSpec()),
                all(objects, Pod.class).stream().map(Pod::getSpec));
    }

    private static <T> List<T> all(List<HasMetadata> objects, Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
