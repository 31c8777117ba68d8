package io.lossforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

@ServiceTest
class ProtectionIT {

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @Autowired
    JdbcClient sql;

    @LocalServerPort
    int port;

    Calls service;
    String path;
    ModelVersion first;

    @BeforeEach
    void register() {
        service = new Calls(port);
        first = register("p-" + UUID.randomUUID());
        path = "/api/v1/models/" + first.model();
    }

    @Test
    void protectedVersionStaysUntilThatIsLifted() {
        var protection = path + "/versions/1/protection";
        assertThat(service.get(protection).json().at("/isProtected").asBoolean())
                .isFalse();
        assertThat(service.putJson(protection, "{\"reason\": \"audit of 2026\"}")
                        .status())
                .isEqualTo(200);
        var again =
                service.putJson(protection, "{\"reason\": \"audit of 2027\"}").json();
        assertThat(again.at("/version/reason").asString()).isEqualTo("audit of 2027");
        assertThat(again.at("/model").isNull()).isTrue();

        var refused = service.delete(path + "/versions/1");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().at("/code").asString()).isEqualTo("version-protected");
        assertThat(refused.json().at("/detail").asString())
                .contains("it is protected since", ": audit of 2027; lift that by DELETE " + protection);

        register(first.model());
        assertThat(service.delete(path + "/versions/2").status()).isEqualTo(204);
        assertThat(service.delete(protection).status()).isEqualTo(204);
        assertThat(service.delete(protection).status()).isEqualTo(204);
        assertThat(service.delete(path + "/versions/1").status()).isEqualTo(204);
    }

    @Test
    void protectedModelKeepsVersionsThatComeLaterToo() {
        assertThat(service.send("PUT", path + "/protection", new byte[0]).status())
                .isEqualTo(200);
        register(first.model());
        for (var version : List.of("/versions/1", "/versions/2")) {
            var refused = service.delete(path + version);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.json().at("/detail").asString())
                    .contains("its model is protected", "lift that by DELETE " + path + "/protection");
            assertThat(service.get(path + version + "/protection")
                            .json()
                            .at("/isProtected")
                            .asBoolean())
                    .isTrue();
        }
        assertThat(service.delete(path + "/protection").status()).isEqualTo(204);
        assertThat(service.delete(path + "/versions/1").status()).isEqualTo(204);
    }

    @Test
    void theDatabaseItselfKeepsAProtectedVersion() {
        service.putJson(path + "/versions/1/protection", "{}");
        assertThatThrownBy(() -> sql.sql("delete from model_version where id = :id")
                        .param("id", first.id())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void whatIsNotThereCanNotBeProtected() {
        assertThat(service.putJson(path + "/versions/9/protection", "{}").status())
                .isEqualTo(404);
        assertThat(service.putJson(path + "x/protection", "{}").status()).isEqualTo(404);
        assertThat(service.putJson(path + "/protection", "{\"reason\": \"%s\"}".formatted("x".repeat(501)))
                        .status())
                .isEqualTo(400);
    }

    private ModelVersion register(String model) {
        var bytes = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        var key = "models/%s.onnx".formatted(UUID.randomUUID());
        var stored = storage.put(key, new ByteArrayInputStream(bytes), bytes.length);
        return models.register(new NewModelVersion(
                model,
                null,
                null,
                null,
                null,
                key,
                stored.sha256(),
                stored.bytes(),
                List.of("0", "1"),
                "features",
                List.of(2),
                "softmax",
                Map.of()));
    }
}
