package io.lossforge.security;

import io.lossforge.web.ApiException;
import io.lossforge.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps web pages out of a service that is open on loopback. A page that a person of this machine visits can make the browser send
 * requests here: from its own origin, or, by a name that it points to 127.0.0.1 (DNS rebinding), from what looks like this one. So
 * the {@code Host} must be a name of loopback, and what a browser says of the request's origin must be this service.
 */
final class LoopbackGuard extends OncePerRequestFilter {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|[a-z0-9.-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var refusal = refusal(request);
        if (refusal == null) {
            chain.doFilter(request, response);
            return;
        }
        ProblemWriter.write(
                request, response, new ApiException(HttpStatus.FORBIDDEN, "foreign-origin", refusal, List.of()));
    }

    /** Why a request is not let in; null if it is. */
    static @Nullable String refusal(HttpServletRequest request) {
        var host = request.getHeader("Host");
        if (host == null || !LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
            return "without API keys the service answers only to a name of this machine, such as localhost;"
                    + " set lossforge.security.api-keys to reach it by another";
        }
        var origin = request.getHeader("Origin");
        if (origin != null && !isAt(origin, host)) {
            return "without API keys the service takes no requests from other web pages";
        }
        var site = request.getHeader("Sec-Fetch-Site");
        if (site != null && site.endsWith("-site") && !isNavigation(request)) {
            return "without API keys the service takes no requests from other web pages";
        }
        return null;
    }

    private static boolean isAt(String origin, String host) {
        try {
            var uri = URI.create(origin);
            return host.equalsIgnoreCase(uri.getAuthority())
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A person follows a link to here: nothing is changed and the other page learns nothing. */
    private static boolean isNavigation(HttpServletRequest request) {
        return request.getMethod().equals("GET") && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
    }
}
