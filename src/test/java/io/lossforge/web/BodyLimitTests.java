package io.lossforge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.util.unit.DataSize;

class BodyLimitTests {

    private static final int SECONDS = 30;

    private final AtomicLong now = new AtomicLong();
    private final BodyLimit limit =
            new BodyLimit(new WebSettings(DataSize.ofMegabytes(16), Duration.ofSeconds(SECONDS)), now::get);

    @Test
    void aByteNowAndAByteThenIsNotReadForEver() throws Exception {
        var left = new AtomicBoolean();
        var request = request(1_000);
        request.setAttribute(UnreadBody.ATTRIBUTE, (Runnable) () -> left.set(true));
        var body = limited(request).getInputStream();
        for (int second = 0; second <= SECONDS; second++) {
            assertThat(body.read()).isZero();
            pass(1);
        }
        assertThatThrownBy(body::read)
                .isInstanceOf(BodyTooSlow.class)
                .hasMessage("only 32 bytes of the body had come after 31 s");
        assertThat(left).as("the rest is not waited for either").isTrue();
        assertThat(Refusals.of(new ServletException(new BodyTooSlow(1, 31))).status())
                .isEqualTo(408);
    }

    @Test
    void aLongBodyMayTakeLonger() throws Exception {
        var body = limited(request(10 << 20)).getInputStream();
        var second = new byte[64 << 10];
        for (int read = body.read(second); read > 0; read = body.read(second)) {
            pass(1);
        }
        assertThat(now.get()).isEqualTo(Duration.ofSeconds(160).toNanos());
    }

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private static MockHttpServletRequest request(int bytes) {
        var request = new MockHttpServletRequest("POST", "/");
        request.setContent(new byte[bytes]);
        request.setContentType("application/json");
        return request;
    }

    /** As what is behind the filter gets it. */
    private HttpServletRequest limited(HttpServletRequest request) throws ServletException, IOException {
        var passed = new AtomicReference<HttpServletRequest>();
        limit.doFilter(request, new MockHttpServletResponse(), (http, answer) -> passed.set((HttpServletRequest) http));
        return passed.get();
    }
}
