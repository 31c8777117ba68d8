package io.lossforge.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesObjectsTests {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              labels:
                version: "1"
            spec:
              ports:
                - name: http
                  port: 80
                  targetPort: http
            """;

    @Test
    void readsWhatAnApiServerTakes() {
        assertThat(KubernetesObjects.read(SERVICE + "---\n---\n" + SERVICE))
                .hasSize(2)
                .allSatisfy(object -> assertThat(object)
                        .isInstanceOfSatisfying(
                                Service.class,
                                service -> assertThat(service.getSpec()
                                                .getPorts()
                                                .get(0)
                                                .getPort())
                                        .isEqualTo(80)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            port: 80        | prt: 80             | prt
            port: 80        | port: '80'          | port
            version: "1"    | version: 1          | labels
            name: http      | name: 80            | name
            kind: Service   | kind: Srevice       | v1 Srevice is no kind of Kubernetes
            targetPort: http| port: 81            | duplicate key
            spec:           | specs:              | specs
            """)
    void refusesWhatAnApiServerRefuses(String right, String wrong, String named) {
        var document = SERVICE.replace(right, wrong);
        assertThat(document).isNotEqualTo(SERVICE);
        assertThatThrownBy(() -> KubernetesObjects.read(document)).hasMessageContaining(named);
    }
}
