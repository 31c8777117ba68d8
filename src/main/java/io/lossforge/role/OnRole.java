package io.lossforge.role;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Reads {@code lossforge.roles}: {@code all} (the default), {@code server}, {@code worker}, or a list of them. */
class OnRole implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        var wanted = (Role) Objects.requireNonNull(
                Objects.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnRole.class.getName()))
                        .get("value"));
        return played(context.getEnvironment().getProperty("lossforge.roles", "all"))
                .contains(wanted);
    }

    static Set<Role> played(String setting) {
        return Arrays.stream(setting.split(","))
                .map(String::strip)
                .flatMap(name -> switch (name.toLowerCase(Locale.ROOT)) {
                    case "all" -> Arrays.stream(Role.values());
                    case "server" -> java.util.stream.Stream.of(Role.SERVER);
                    case "worker" -> java.util.stream.Stream.of(Role.WORKER);
                    default ->
                        throw new IllegalArgumentException(
                                "lossforge.roles: \"%s\" is not known; known: all, server, worker".formatted(name));
                })
                .collect(Collectors.toSet());
    }
}
