package io.lossforge.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies that are too large: at once where their length is stated, else while they are read. Gives up on those that come so slowly that
 * they would keep a thread for ever, a byte now and a byte then. Runs after sign-in.
 */
@Component
@Order(0)
class BodyLimit extends OncePerRequestFilter {

    /** What must come in each second after {@link WebSettings#bodyTime}. */
    private static final long SLOWEST = 64 << 10;

    private final long maxBytes;
    private final Duration time;
    private final LongSupplier nanoTime;

    @Autowired
    BodyLimit(WebSettings settings) {
        this(settings, System::nanoTime);
    }

    BodyLimit(WebSettings settings, LongSupplier nanoTime) {
        this.maxBytes = settings.maxBody().toBytes();
        this.time = settings.bodyTime();
        this.nanoTime = nanoTime;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isMultipart(request)) {
            chain.doFilter(request, response);
        } else if (request.getContentLengthLong() > maxBytes) {
            ProblemWriter.write(request, response, new BodyTooLarge(maxBytes));
        } else {
            chain.doFilter(new LimitedRequest(request), response);
        }
    }

    private static boolean isMultipart(HttpServletRequest request) {
        var type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
    }

    private final class LimitedRequest extends HttpServletRequestWrapper {

        private @Nullable ServletInputStream limited;

        LimitedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (limited == null) {
                limited = new LimitedStream(this, super.getInputStream());
            }
            return limited;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            var encoding = getCharacterEncoding();
            return new BufferedReader(new InputStreamReader(
                    getInputStream(), encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding)));
        }
    }

    private final class LimitedStream extends ServletInputStream {

        private final ServletRequest request;
        private final ServletInputStream bytes;
        private final long begin = nanoTime.getAsLong();
        private long count;

        LimitedStream(ServletRequest request, ServletInputStream bytes) {
            this.request = request;
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            int value = bytes.read();
            counted(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = bytes.read(buffer, offset, length);
            counted(Math.max(0, read));
            return read;
        }

        private void counted(int read) throws IOException {
            count += read;
            if (count > maxBytes) {
                throw new BodyTooLarge(maxBytes);
            }
            long taken = nanoTime.getAsLong() - begin;
            if (read > 0 && taken > time.toNanos() + TimeUnit.SECONDS.toNanos(count / SLOWEST)) {
                UnreadBody.leave(request);
                throw new BodyTooSlow(count, TimeUnit.NANOSECONDS.toSeconds(taken));
            }
        }

        @Override
        public boolean isFinished() {
            return bytes.isFinished();
        }

        @Override
        public boolean isReady() {
            return bytes.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            bytes.setReadListener(listener);
        }
    }
}
