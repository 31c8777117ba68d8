package io.lossforge.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossforge.Calls;
import io.lossforge.ServiceTest;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
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

@ServiceTest
class CardIT {

    private static final String HOSTILE = "<script>alert('x')</script>\"&";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @LocalServerPort
    int port;

    Calls service;
    String card;

    @BeforeEach
    void register() {
        service = new Calls(port);
        var name = "card-" + UUID.randomUUID();
        card = "/api/v1/models/%s/versions/1/card".formatted(name);
        var bytes = name.getBytes(StandardCharsets.US_ASCII);
        var key = "models/%s.onnx".formatted(name);
        var stored = storage.put(key, new ByteArrayInputStream(bytes), bytes.length);
        models.register(new NewModelVersion(
                name,
                UUID.randomUUID(),
                "long-gone",
                3,
                "focal",
                key,
                stored.sha256(),
                stored.bytes(),
                List.of("plain", HOSTILE),
                "images",
                List.of(1, 8, 8),
                "softmax",
                Map.of()));
    }

    @Test
    void saysWhatIsKnownAndThatTheRestIsNot() {
        var json = service.get(card).json();
        assertThat(json.at("/origin").asString()).isEqualTo("trained");
        assertThat(json.at("/data/dataset").asString()).isEqualTo("long-gone:3");
        assertThat(json.at("/data/format").isNull()).isTrue();
        assertThat(json.at("/loss/name").asString()).isEqualTo("focal");
        assertThat(json.at("/loss/formula").asString()).isNotBlank();
        assertThat(json.at("/training").isNull()).isTrue();
        assertThat(json.at("/evaluations").isEmpty()).isTrue();
        assertThat(json.at("/unknown").toString())
                .contains("its job was deleted", "how well it classifies")
                .doesNotContain("the data that it was trained on");
        assertThat(json.at("/limits").toString()).contains("No results are stored");
    }

    @Test
    void pageIsWholeHarmlessAndForThoseWhoAskForIt() {
        for (var page : List.of(
                service.get(card, "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
                service.get(card + "?format=html"))) {
            assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
            assertThat(page.header("Content-Security-Policy")).contains("default-src 'self'");
            assertThat(page.toString())
                    .contains("&lt;script&gt;alert(", "Its owner has not said what it is for")
                    .doesNotContain("<script", "http://", "src=");
        }
        assertThat(service.get(card, "Accept", "*/*").header("Content-Type")).startsWith("application/json");
        assertThat(service.get(card + "?format=pdf").status()).isEqualTo(400);
        assertThat(service.get(card.replace("/1/", "/2/")).status()).isEqualTo(404);
    }

    @Test
    void ownerSaysWhatItIsForAndNobodysWordsAreLost() {
        var statement = card + "/statement";
        assertThat(service.get(statement).status()).isEqualTo(404);
        var said = service.putJson(
                statement,
                "{\"intendedUse\": \"To sort.\\nNot to judge.\", \"licence\": \"%s\"}".formatted("in-house"));
        assertThat(said.status()).isEqualTo(200);
        assertThat(said.header("ETag")).isEqualTo("\"1\"");
        assertThat(service.putJson(statement, "{}").status()).isEqualTo(428);
        assertThat(service.putJson(statement, "{}", "If-Match", "\"7\"").status())
                .isEqualTo(412);
        var page = service.get(card, "Accept", "text/html").toString();
        assertThat(page).contains("To sort.\nNot to judge.", "<h3>Licence</h3>").doesNotContain("Not fit for");
        var changed = service.putJson(statement, "{\"contact\": \"<b>me</b>\"}", "If-Match", "\"1\"");
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        assertThat(service.get(card).json().at("/statement/intendedUse").isNull())
                .isTrue();
        assertThat(service.get(card, "Accept", "text/html").toString()).contains("&lt;b&gt;me&lt;/b&gt;");
    }
}
