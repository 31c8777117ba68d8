package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the service's HTTP interface within this process, for the caller of the page that is being made. So a page knows no more than any other
 * client, may no more than its caller, and depends on nothing but the documented answers.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Api {

    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() {};

    private final JsonMapper json;

    Api(JsonMapper json) {
        this.json = json;
    }

    /**
     * The JSON document at a path.
     *
     * @param path such as {@code /jobs?state={state}}, below {@code /api/v1}
     * @param variables for what is in braces, encoded as they need to be
     * @throws RefusedPage if the answer is not 200
     */
    Map<String, Object> get(String path, Object... variables) {
        var answer = ask(path, variables);
        if (answer.getStatus() != 200) {
            throw new RefusedPage(answer.getStatus(), read(answer));
        }
        return read(answer);
    }

    /** Like {@link #get}, but empty where there is nothing (404), or not yet (409). */
    Optional<Map<String, Object>> find(String path, Object... variables) {
        var answer = ask(path, variables);
        if (answer.getStatus() == 404 || answer.getStatus() == 409) {
            return Optional.empty();
        }
        if (answer.getStatus() != 200) {
            throw new RefusedPage(answer.getStatus(), read(answer));
        }
        return Optional.of(read(answer));
    }

    private static InnerAnswer ask(String path, Object... variables) {
        var outer = (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
        var inner = UriComponentsBuilder.fromUriString("/api/v1" + path)
                .encode()
                .buildAndExpand(variables)
                .toUriString();
        var answer = new InnerAnswer(Objects.requireNonNull(outer.getResponse()));
        try {
            var request = outer.getRequest();
            Objects.requireNonNull(request.getRequestDispatcher(inner))
                    .include(new InnerRequest(request, inner), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
        return answer;
    }

    private Map<String, Object> read(InnerAnswer answer) {
        return json.readValue(answer.body(), DOCUMENT);
    }
}
