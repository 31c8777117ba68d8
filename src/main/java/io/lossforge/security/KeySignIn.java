package io.lossforge.security;

import java.util.List;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

/** Signs a browser in by an API key, which takes the place of the password; the session knows the key's name, not the key. */
final class KeySignIn implements AuthenticationProvider {

    private final ApiKeys keys;

    KeySignIn(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public Authentication authenticate(Authentication presented) {
        return keys.presented(String.valueOf(presented.getCredentials()).strip())
                .map(key -> UsernamePasswordAuthenticationToken.authenticated(key.name(), null, List.of()))
                .orElseThrow(() -> new BadCredentialsException("not one of the service's API keys"));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
