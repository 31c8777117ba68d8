package io.lossforge.security;

import io.lossforge.web.ApiException;
import io.lossforge.web.Callers;
import io.lossforge.web.ProblemWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.savedrequest.CookieRequestCache;

/**
 * Who may call what. With API keys: who has one may call everything, others only the health of the service and what the sign-in page is made
 * of. A program sends its key with each request; a browser signs in with it once and keeps a session, and then every request that changes
 * something has to bring the session's CSRF token along. Without keys: everything is open to this machine, and the service does not start
 * bound to any other address.
 */
@Configuration(proxyBeanMethods = false)
class Access {

    /** Where a browser signs in, with a key. */
    private static final String SIGN_IN = "/sign-in";

    private static final String[] OPEN = {
        "/actuator/health/**", "/v2/health/**", "/ping", SIGN_IN, "/assets/**", "/webjars/**"
    };

    private static final String PAGES = "default-src 'self'; img-src 'self' data:;"
            + " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /** Below {@code /api} are the pages of libraries, and reports that are one file. */
    private static final String PAGES_WITH_STYLES = PAGES + "; style-src 'self' 'unsafe-inline'";

    @Bean
    ApiKeys apiKeys(SecuritySettings settings, ServerProperties server) {
        var keys = new ApiKeys(settings.apiKeys());
        var address = server.getAddress();
        if (keys.isEmpty() && (address == null || !address.isLoopbackAddress())) {
            throw new AccessNotConfigured(
                    "The service is bound to %s and has no API keys: anyone who reaches that address could use it."
                            .formatted(address == null ? "every address of this machine" : address.getHostAddress()));
        }
        return keys;
    }

    @Bean
    AccessMode accessMode(ApiKeys keys) {
        return new AccessMode(keys.isEmpty() ? "open to this machine only" : "API keys of " + keys.names());
    }

    @Bean
    Callers callers(ApiKeys keys) {
        return keys.isEmpty()
                ? request -> LoopbackGuard.refusal(request) == null
                : request -> BearerKey.bearer(request).flatMap(keys::presented).isPresent();
    }

    @Bean
    SecurityFilterChain securityFilterChain(HttpSecurity http, ApiKeys keys) throws Exception {
        http.httpBasic(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.addHeaderWriter((request, response) -> response.setHeader(
                        "Content-Security-Policy",
                        request.getRequestURI().startsWith("/api/") ? PAGES_WITH_STYLES : PAGES)));
        return keys.isEmpty() ? openToThisMachine(http) : withKeys(http, keys);
    }

    private static SecurityFilterChain openToThisMachine(HttpSecurity http) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable) // nobody is signed in, and the guard keeps other pages out
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .addFilterAfter(new LoopbackGuard(), HeaderWriterFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    private static SecurityFilterChain withKeys(HttpSecurity http, ApiKeys keys) throws Exception {
        var tokens = new CookieCsrfTokenRepository();
        tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
        var refused = new SimpleUrlAuthenticationFailureHandler(SIGN_IN + "?refused");
        refused.setAllowSessionCreation(false);
        return http.csrf(csrf ->
                        csrf.csrfTokenRepository(tokens).requireCsrfProtectionMatcher(Access::comesFromABrowser))
                .requestCache(cache -> cache.requestCache(new CookieRequestCache()))
                .authenticationProvider(new KeySignIn(keys))
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .passwordParameter("key")
                        .failureHandler(refused)
                        .permitAll())
                .logout(logout -> logout.logoutUrl("/sign-out").logoutSuccessUrl(SIGN_IN))
                .exceptionHandling(exceptions ->
                        exceptions.authenticationEntryPoint(Access::askForAKey).accessDeniedHandler(Access::forbidden))
                .addFilterBefore(new BearerKey(keys), AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ASYNC,
                                DispatcherType.ERROR,
                                DispatcherType.FORWARD,
                                DispatcherType.INCLUDE)
                        .permitAll() // of a request that was let in, or of its refusal
                        .requestMatchers(OPEN)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .build();
    }

    /** A request that changes something, of somebody who is signed in or does so: no other page may send it on their behalf. */
    private static boolean comesFromABrowser(HttpServletRequest request) {
        return CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                && (request.getRequestedSessionId() != null
                        || request.getRequestURI().equals(SIGN_IN));
    }

    /** Sends who looks at a page to sign in. */
    private static void askForAKey(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
            throws IOException {
        if (isForAPage(request)) {
            response.sendRedirect(SIGN_IN);
        } else {
            unauthorized(request, response);
        }
    }

    private static void forbidden(
            HttpServletRequest request, HttpServletResponse response, AccessDeniedException refused)
            throws IOException {
        ProblemWriter.write(
                request,
                response,
                refused instanceof CsrfException
                        ? new ApiException(
                                HttpStatus.FORBIDDEN,
                                "csrf-token",
                                "who is signed in by a session has to send the token of its page: reload the page and try again",
                                List.of())
                        : refused);
    }

    private static boolean isForAPage(HttpServletRequest request) {
        var accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("GET")
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE)
                && !request.getRequestURI().startsWith("/v2")
                && !request.getRequestURI().startsWith("/actuator");
    }

    private static void unauthorized(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean presented = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        ProblemWriter.write(
                request,
                response,
                new ApiException(
                        HttpStatus.UNAUTHORIZED,
                        "unauthorized",
                        presented
                                ? "this is not one of the service's API keys; send Authorization: Bearer <key>"
                                : "this needs an API key; send Authorization: Bearer <key>",
                        List.of()));
    }

    @Bean
    RequestRejectedHandler malformedRequests() {
        return ProblemWriter::write;
    }
}
