package io.lossforge.packaging;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads Kubernetes objects as an API server with strict field validation does: an unknown field, a field given twice or a
 * value of another type is an error. The model classes alone accept unknown fields, since each has a place to keep them.
 */
final class KubernetesObjects {

    private static final KubernetesSerialization KINDS = new KubernetesSerialization();

    private static final JsonMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new NoPlaceForUnknownFields())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Integer, number -> number.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Boolean,
                    truth -> truth.setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
            .build();

    private KubernetesObjects() {}

    /** Every object of a stream of YAML documents; empty documents are left out. */
    static List<HasMetadata> read(String documents) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var objects = new ArrayList<HasMetadata>();
        for (var document : new Yaml(new SafeConstructor(options)).loadAll(documents)) {
            if (document != null) {
                objects.add(object(STRICT.valueToTree(document)));
            }
        }
        return objects;
    }

    private static HasMetadata object(JsonNode document) {
        var apiVersion = document.path("apiVersion").asString("");
        var kind = document.path("kind").asString("");
        var type = Objects.requireNonNull(
                KINDS.getRegisteredKubernetesResource(apiVersion, kind),
                () -> "%s %s is no kind of Kubernetes".formatted(apiVersion, kind));
        return (HasMetadata) STRICT.treeToValue(document, type);
    }

    private static final class NoPlaceForUnknownFields extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(MapperConfig<?> config, Annotated member) {
            return false;
        }
    }
}
