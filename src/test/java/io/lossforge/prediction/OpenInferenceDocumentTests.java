package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What our OpenAPI document says of {@code /v2} and the specification forbids: nothing. */
class OpenInferenceDocumentTests {

    private static final OpenInferenceSpecification SPECIFICATION = OpenInferenceSpecification.read();
    private static final JsonNode DOCUMENT = document();

    private static JsonNode document() {
        try (var yaml = OpenInferenceDocumentTests.class.getResourceAsStream("/openapi.yaml")) {
            return JsonMapper.shared()
                    .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void hasEveryOperationAndNoOther() {
        var ours = new HashSet<String>();
        DOCUMENT.get("paths").properties().stream()
                .filter(path -> path.getKey().startsWith("/v2"))
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> ours.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(ours)
                .containsExactlyInAnyOrderElementsOf(SPECIFICATION.operations().stream()
                        .filter(operation -> !operation.path().equals("/v2/"))
                        .map(OpenInferenceSpecification.Operation::toString)
                        .toList());
    }

    @Test
    void answersAreNeverWiderAndRequestsNeverNarrower() {
        var softly = new SoftAssertions();
        for (var operation : SPECIFICATION.operations()) {
            if (operation.path().equals("/v2/")) {
                continue;
            }
            var ours = DOCUMENT.get("paths")
                    .get(operation.path())
                    .get(operation.method().toLowerCase(Locale.ROOT));
            var answer = ours.at("/responses/200/content/application~1json/schema");
            if (!answer.isMissingNode()) {
                compare(softly, operation + " answer", answer, SPECIFICATION.definition(operation.answer()), true);
            }
            var request = ours.at("/requestBody/content/application~1json/schema");
            if (!request.isMissingNode() && operation.request() != null) {
                compare(softly, operation + " request", request, SPECIFICATION.definition(operation.request()), false);
            }
            errors(ours)
                    .forEach(error ->
                            compare(softly, operation + " error", error, SPECIFICATION.definition("error"), true));
        }
        softly.assertAll();
    }

    private static Stream<JsonNode> errors(JsonNode operation) {
        return operation.get("responses").properties().stream()
                .filter(response -> !response.getKey().equals("200"))
                .map(response -> resolved(response.getValue()).at("/content/application~1json/schema"));
    }

    /**
     * @param answer whether ours is what the service promises, and not what it takes
     */
    private static void compare(SoftAssertions softly, String at, JsonNode ours, JsonNode theirs, boolean answer) {
        var our = resolved(ours);
        var their = SPECIFICATION.resolved(theirs);
        if (their.isBoolean()) {
            return;
        }
        softly.assertThat(our.isMissingNode()).as(at + ": is described").isFalse();
        var ourTypes = types(our);
        var theirTypes = types(their);
        if (!ourTypes.isEmpty() && !theirTypes.isEmpty()) {
            var narrow = answer ? ourTypes : theirTypes;
            softly.assertThat(answer ? theirTypes : ourTypes).as(at + ": types").containsAll(narrow);
        }
        if (their.has("properties")) {
            var ourRequired = texts(our.get("required"));
            var theirRequired = texts(their.get("required"));
            softly.assertThat(answer ? ourRequired : theirRequired)
                    .as(at + ": required")
                    .containsAll(answer ? theirRequired : inJson(ourRequired));
            our.path("properties").properties().forEach(property -> {
                var specified =
                        their.get("properties").optional(property.getKey()).orElse(their.get("additionalProperties"));
                if (specified != null) {
                    compare(softly, at + "." + property.getKey(), property.getValue(), specified, answer);
                } else if (answer) {
                    softly.fail("%s.%s is not in the specification", at, property.getKey());
                }
            });
        }
        if (their.has("items") && our.has("items")) {
            compare(softly, at + "[]", our.get("items"), their.get("items"), answer);
        }
        if (their.has("enum") && our.has("enum")) {
            softly.assertThat(texts(their.get("enum"))).as(at + ": values").containsAll(texts(our.get("enum")));
        }
    }

    /** Of a request in JSON, whose values are in it: {@code data} may only be left out of the binary form. */
    private static Set<String> inJson(Set<String> required) {
        return required.stream().filter(name -> !name.equals("data")).collect(Collectors.toSet());
    }

    private static Set<String> types(JsonNode schema) {
        var types = schema.get("type");
        if (types == null) {
            return Set.of();
        }
        return types.isArray() ? texts(types) : Set.of(types.stringValue());
    }

    private static Set<String> texts(@Nullable JsonNode array) {
        return array == null
                ? Set.of()
                : array.valueStream().map(JsonNode::stringValue).collect(Collectors.toSet());
    }

    private static JsonNode resolved(JsonNode schema) {
        var reference = schema.path("$ref").stringValue(null);
        return reference == null ? schema : DOCUMENT.at(reference.substring(1));
    }
}
