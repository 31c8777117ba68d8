package io.lossforge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class PageTokenTests {

    @Test
    void whatWasEncodedIsDecoded() {
        var token = PageToken.encode("2026-11-23T04:00:00Z", "übung/7", "");

        assertThat(PageToken.decode(token, 3)).containsExactly("2026-11-23T04:00:00Z", "übung/7", "");
        assertThat(token).matches("[A-Za-z0-9_-]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "AAAA", "!!!", "AAAAAAAAAAAAAAAAAAAA"})
    void whatIsNoTokenIsRefused(String token) {
        assertRefused(token, 1);
    }

    @Test
    void cutAlteredAndForeignTokensAreRefused() {
        var token = PageToken.encode("a", "b");
        var altered = (token.charAt(0) == 'A' ? 'B' : 'A') + token.substring(1);

        assertRefused(token.substring(0, token.length() - 2), 2);
        assertRefused(altered, 2);
        assertRefused(token, 1);
        assertRefused("A".repeat(2000), 1);
    }

    @Test
    void pageSizeIsFiftyUnlessAskedForAndAtMostFiveHundred() {
        assertThat(PageRequest.of(null, "")).isEqualTo(new PageRequest(50, null));
        assertThat(PageRequest.of(500, null).size()).isEqualTo(500);
        assertThatThrownBy(() -> PageRequest.of(501, null)).hasMessage("must be 1 to 500, was 501");
        assertThatThrownBy(() -> PageRequest.of(0, null)).hasMessage("must be 1 to 500, was 0");
    }

    @Test
    void answerLinksToTheNextPageWithTheSameFilters() {
        var request = new MockHttpServletRequest("GET", "/api/v1/jobs");
        request.setQueryString("state=RUNNING&pageSize=2&pageToken=old");
        request.addParameter("state", "RUNNING");
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        try {
            var page = PageRequest.of(2, null);

            assertThat(page.answer("body", "new").getHeaders().getFirst("Link"))
                    .isEqualTo("</api/v1/jobs?state=RUNNING&pageSize=2&pageToken=new>; rel=\"next\"");
            assertThat(page.answer("body", "").getHeaders().getFirst("Link")).isNull();
        } finally {
            RequestContextHolder.resetRequestAttributes();
        }
    }

    private static void assertRefused(String token, int parts) {
        assertThatThrownBy(() -> PageToken.decode(token, parts)).isInstanceOfSatisfying(ApiException.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(HttpStatus.BAD_REQUEST);
            assertThat(refusal.violations().get(0).pointer()).isEqualTo("/pageToken");
        });
    }
}
