package io.lossforge.prediction;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the Open Inference Protocol and its extensions demand, as {@code open-inference.json} has it. */
final class OpenInferenceSpecification {

    private final JsonNode document;
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /**
     * A resource.
     *
     * @param path with {@code {name}} and {@code {version}} in it
     * @param request schema of the body; null if there is none
     * @param answer schema of the body with status 200
     */
    record Operation(String method, String path, @Nullable String request, String answer) {

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private OpenInferenceSpecification(JsonNode document) {
        this.document = document;
    }

    static OpenInferenceSpecification read() {
        var resource = OpenInferenceSpecification.class.getResourceAsStream("open-inference.json");
        try (var json = Objects.requireNonNull(resource)) {
            return new OpenInferenceSpecification(JsonMapper.shared().readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Operation> operations() {
        return document.get("operations")
                .valueStream()
                .map(operation -> new Operation(
                        operation.get("method").stringValue(),
                        operation.get("path").stringValue(),
                        operation.path("request").stringValue(null),
                        operation.get("answer").stringValue()))
                .toList();
    }

    Operation operation(String method, String path) {
        return operations().stream()
                .filter(operation ->
                        operation.method().equals(method) && operation.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    /** What is wrong with a body; nothing if it is as the schema of that name demands. */
    List<String> faults(String schema, JsonNode body) {
        return schema(schema).validate(body).stream().map(Error::toString).toList();
    }

    private Schema schema(String name) {
        var whole = (ObjectNode) document.deepCopy();
        whole.put("$ref", "#/$defs/" + name);
        return schemas.getSchema(whole);
    }

    /** The definition of that name. */
    JsonNode definition(String name) {
        return document.get("$defs").get(name);
    }

    /** A definition, or the one that it refers to. */
    JsonNode resolved(JsonNode definition) {
        var reference = definition.path("$ref").stringValue(null);
        return reference == null ? definition : definition(reference.substring(reference.lastIndexOf('/') + 1));
    }
}
