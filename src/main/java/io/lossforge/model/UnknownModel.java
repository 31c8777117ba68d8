package io.lossforge.model;

import io.lossforge.catalogue.Names;
import io.lossforge.web.ApiException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.springframework.http.HttpStatus;

/** 404 {@code model-not-found}: no such model, version or alias. The message lists the known ones and suggests the nearest. */
public class UnknownModel extends ApiException {

    private static final long serialVersionUID = 1L;

    /** The nearest ones. */
    private static final int LISTED = 20;

    private UnknownModel(String message) {
        super(HttpStatus.NOT_FOUND, "model-not-found", message, List.of());
    }

    static UnknownModel named(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return new UnknownModel("model \"%s\" is not known; there is none yet".formatted(name));
        }
        var listed = known.stream()
                .sorted(Comparator.comparingInt(
                        candidate -> LevenshteinDistance.getDefaultInstance().apply(name, candidate)))
                .limit(LISTED)
                .sorted()
                .toList();
        var more = known.size() > LISTED ? " and others" : "";
        return new UnknownModel(Names.unknown("model", name, listed) + more);
    }

    static UnknownModel version(String model, int version, List<Integer> newest) {
        return new UnknownModel("model \"%s\" has no version %d; newest: %s"
                .formatted(model, version, newest.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }

    static UnknownModel alias(String model, String alias, Collection<String> known) {
        return new UnknownModel(
                known.isEmpty()
                        ? "model \"%s\" has no alias \"%s\", nor any other".formatted(model, alias)
                        : Names.unknown("alias of model \"%s\"".formatted(model), alias, known));
    }

    static UnknownModel unreadable(String reference) {
        var shown = reference.length() > 80 ? reference.substring(0, 80) + "…" : reference;
        return new UnknownModel("\"%s\" is not a model: name, name@alias or name:version".formatted(shown));
    }
}
