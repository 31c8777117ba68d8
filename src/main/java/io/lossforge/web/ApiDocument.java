package io.lossforge.web;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.Comparator;
import java.util.List;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The OpenAPI document, at {@code /api/openapi.yaml} and {@code /api/openapi.json}. It does not depend on the machine or the
 * settings, so that the one in the repository can be compared with it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.SERVER)
class ApiDocument implements WebMvcConfigurer {

    private static final String PROBLEM = "Problem";
    private static final String OPEN_INFERENCE_ERROR = "OpenInferenceError";
    private static final String API_KEY = "apiKey";

    /** What the Open Inference Protocol answers a failure with. */
    record OpenInferenceError(String error) {}

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addViewController("/api/openapi.json").setViewName("forward:/api/openapi");
    }

    @Bean
    OpenAPI apiDescription() {
        return new OpenAPI()
                .info(new Info()
                        .title("Lossforge")
                        .version("1")
                        .summary("Trains classifiers with a loss chosen to fit the data, and serves them.")
                        .description("A failed request is answered with problem details (RFC 9457); below /v2, the Open"
                                + " Inference Protocol, with {\"error\": …}.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .servers(List.of(new Server().url("/")))
                .components(new Components()
                        .addSecuritySchemes(
                                API_KEY,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .description(
                                                "An API key; needed unless the service is open to its own machine.")))
                .addSecurityItem(new SecurityRequirement().addList(API_KEY))
                .addSecurityItem(new SecurityRequirement());
    }

    @Bean
    GlobalOpenApiCustomizer failuresOfEveryOperation() {
        return api -> {
            var components = api.getComponents();
            addError(components, PROBLEM, Problem.class, "application/problem+json");
            addError(components, OPEN_INFERENCE_ERROR, OpenInferenceError.class, "application/json");
            api.getPaths().forEach((path, item) -> {
                var error = path.equals("/v2") || path.startsWith("/v2/") ? OPEN_INFERENCE_ERROR : PROBLEM;
                item.readOperations().forEach(operation -> describeFailures(operation, error));
            });
            if (api.getTags() != null) {
                api.getTags().sort(Comparator.comparing(Tag::getName));
            }
        };
    }

    private static void addError(Components components, String name, Class<?> type, String mediaType) {
        ModelConverters.getInstance(true).readAll(type).forEach(components::addSchemas);
        components.addResponses(
                name, new ApiResponse().description("The request failed").content(errorContent(name, mediaType)));
    }

    private static Content errorContent(String name, String mediaType) {
        return new Content()
                .addMediaType(mediaType, new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + name)));
    }

    /** A failure is described by its status and words where an operation gives them; its body is always the same. */
    private static void describeFailures(Operation operation, String error) {
        var responses = operation.getResponses() == null ? new ApiResponses() : operation.getResponses();
        responses.forEach((status, response) -> {
            if (status.startsWith("4") || status.startsWith("5")) {
                response.setContent(
                        errorContent(error, error.equals(PROBLEM) ? "application/problem+json" : "application/json"));
            }
        });
        responses.addApiResponse("default", new ApiResponse().$ref("#/components/responses/" + error));
        operation.setResponses(responses);
    }
}
