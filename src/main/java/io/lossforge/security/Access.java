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
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.HeaderWriterFilter;

/**
 * Who may call what. With API keys: who has one may call everything, others only the health of the service. Without: everything is
 * open to this machine, and the service does not start bound to any other address.
 */
@Configuration(proxyBeanMethods = false)
class Access {

    private static final String[] HEALTH = {"/actuator/health/**", "/v2/health/**", "/ping"};

    private static final String PAGES = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
            + " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

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
        http.csrf(AbstractHttpConfigurer::disable) // nothing here is signed in by a cookie
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(PAGES)))
                .exceptionHandling(exceptions -> exceptions
                        .authenticationEntryPoint((request, response, e) -> unauthorized(request, response))
                        .accessDeniedHandler(ProblemWriter::write));
        if (keys.isEmpty()) {
            http.addFilterAfter(new LoopbackGuard(), HeaderWriterFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
            return http.build();
        }
        http.addFilterBefore(new BearerKey(keys), AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                        .permitAll() // of a request that was let in, or of its refusal
                        .requestMatchers(HEALTH)
                        .permitAll()
                        .anyRequest()
                        .authenticated());
        return http.build();
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
