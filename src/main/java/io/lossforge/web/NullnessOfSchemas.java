package io.lossforge.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says in the OpenAPI document what the types say of null: a component of a null-marked record is required, or it may be null, or it is left out then. One
 * that has a default in its schema is neither, and what an annotation requires is required. A reference to another schema that may be null is only not required, since OpenAPI
 * could say more of it by a choice of schemas alone. Descriptions come from {@link JsonPropertyDescription} too, for records of the core, which does not
 * know OpenAPI's annotations.
 */
@Component
class NullnessOfSchemas implements ModelConverter {

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        var schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        var raw = Json31.mapper().constructType(type.getType()).getRawClass();
        if (schema != null && raw.isRecord() && raw.getPackage().isAnnotationPresent(NullMarked.class)) {
            describe(raw, definition(schema, context));
        }
        return schema;
    }

    private static Schema<?> definition(Schema<?> schema, ModelConverterContext context) {
        var reference = schema.get$ref();
        if (reference == null) {
            return schema;
        }
        var defined = context.getDefinedModels().get(reference.substring(reference.lastIndexOf('/') + 1));
        return defined == null ? schema : defined;
    }

    private static void describe(Class<?> type, Schema<?> schema) {
        if (schema.getProperties() == null) {
            return;
        }
        var required = new TreeSet<String>();
        if (schema.getRequired() != null) {
            required.addAll(schema.getRequired());
        }
        for (var component : type.getRecordComponents()) {
            var name = name(component);
            var property = schema.getProperties().get(name);
            if (property == null) {
                continue;
            }
            var description = component.getAccessor().getAnnotation(JsonPropertyDescription.class);
            if (description != null && property.getDescription() == null) {
                property.setDescription(description.value());
            }
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                if (property.getDefault() == null) {
                    required.add(name);
                }
            } else if (!required.contains(name) && !isLeftOut(component)) {
                allowNull(property);
            }
        }
        if (!required.isEmpty()) {
            schema.setRequired(required.stream().toList());
        }
    }

    /** Whether it is not there when it would be null. */
    private static boolean isLeftOut(RecordComponent component) {
        var own = component.getAccessor().getAnnotation(JsonInclude.class);
        var inclusion = own == null ? component.getDeclaringRecord().getAnnotation(JsonInclude.class) : own;
        return inclusion != null && inclusion.value() == JsonInclude.Include.NON_NULL;
    }

    private static void allowNull(Schema<?> property) {
        if (property.get$ref() != null || property.getDefault() != null || property.getEnum() != null) {
            return;
        }
        Set<String> types = new LinkedHashSet<>();
        if (property.getTypes() != null) {
            types.addAll(property.getTypes());
        } else if (property.getType() != null) {
            types.add(property.getType());
        }
        if (!types.isEmpty()) {
            types.add("null");
            property.setTypes(types);
        }
    }

    private static String name(RecordComponent component) {
        var named = component.getAccessor().getAnnotation(JsonProperty.class);
        return named == null || named.value().isEmpty() ? component.getName() : named.value();
    }
}
