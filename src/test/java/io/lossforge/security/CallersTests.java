package io.lossforge.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

/** Who is told apart ahead of sign-in is who sign-in lets in. */
class CallersTests {

    private static final String KEY = "a-key-of-more-than-24-characters";

    @Test
    void withKeysWhoHasOne() {
        var callers = new Access().callers(new ApiKeys(List.of(ApiKey.read("me=" + KEY))));
        assertThat(callers.letsIn(request("anywhere.example", "Bearer " + KEY))).isTrue();
        assertThat(callers.letsIn(request("localhost", "Bearer " + KEY + "x"))).isFalse();
        assertThat(callers.letsIn(request("localhost", "Basic " + KEY))).isFalse();
        assertThat(callers.letsIn(new MockHttpServletRequest())).isFalse();
    }

    @Test
    void withoutKeysWhoCallsThisMachineByItsName() {
        var callers = new Access().callers(new ApiKeys(List.of()));
        assertThat(callers.letsIn(request("localhost:8080", ""))).isTrue();
        assertThat(callers.letsIn(request("elsewhere.example", ""))).isFalse();
        var page = request("localhost:8080", "");
        page.addHeader("Origin", "https://elsewhere.example");
        assertThat(callers.letsIn(page)).isFalse();
    }

    private static MockHttpServletRequest request(String host, String authorization) {
        var request = new MockHttpServletRequest("POST", "/");
        request.addHeader("Host", host);
        request.addHeader("Authorization", authorization);
        return request;
    }
}
