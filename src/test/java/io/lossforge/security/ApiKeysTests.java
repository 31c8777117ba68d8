package io.lossforge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTests {

    private static final String KEY = "0123456789abcdef01234567";
    private static final String HASH = "sha256:e3ab8ca1ee1ae2ef8e1c3b7ea4d2d2a0d3e4e7c2b3f0a9f8e7d6c5b4a3928170";

    @Test
    void nameStandsBeforeTheKey() {
        assertThat(ApiKey.read("ci=" + KEY).name()).isEqualTo("ci");
        assertThat(ApiKey.read(HASH).name()).isEqualTo("key-e3ab8ca1");
        assertThat(ApiKey.read("ci=" + KEY)).isNotEqualTo(ApiKey.read(KEY));
    }

    @Test
    void equalsSignsAtTheEndBelongToTheKey() {
        var key = ApiKey.read("0123456789abcdef0123456789==");

        assertThat(key.fits(ApiKey.sha256("0123456789abcdef0123456789=="))).isTrue();
        assertThat(key.name()).startsWith("key-");
    }

    @Test
    void neitherTextNorFaultGivesTheKeyAway() {
        assertThat(ApiKey.read("ci=" + KEY).toString()).isEqualTo("API key of ci");
        assertThat(ApiKey.read(KEY)).asString().doesNotContain(KEY);
        assertThat(ApiKey.read("short").fault()).isEqualTo("a key must have at least 24 characters, this has 5");
    }

    @Test
    void findsTheKeyThatWasPresented() {
        var keys = new ApiKeys(List.of(ApiKey.read("a=" + KEY + "a"), ApiKey.read("b=" + KEY + "b")));

        assertThat(keys.presented(KEY + "b").map(ApiKey::name)).hasValue("b");
        assertThat(keys.presented(KEY)).isEmpty();
        assertThat(keys.presented("")).isEmpty();
    }

    @Test
    void faultyKeyFitsNothing() {
        assertThat(ApiKey.read("short").fits(ApiKey.sha256("short"))).isFalse();
        assertThat(ApiKey.read("").fits(ApiKey.sha256(""))).isFalse();
    }

    @Test
    void refusesTwoKeysOfOneName() {
        assertThatThrownBy(() -> new ApiKeys(List.of(ApiKey.read("a=" + KEY + "a"), ApiKey.read("a=" + KEY + "b"))))
                .hasMessage("lossforge.security.api-keys: two keys have one name");
    }
}
