package io.lossforge.catalogue;

import java.util.List;
import java.util.stream.Collectors;

/** A document that does not say what it must: every violation found, not only the first. */
public class InvalidDocument extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public InvalidDocument(List<Violation> violations) {
        super(violations.stream()
                .map(violation -> violation.pointer() + ": " + violation.detail())
                .collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    public InvalidDocument(String pointer, String detail) {
        this(List.of(new Violation(pointer, detail)));
    }

    /** Never empty. */
    public List<Violation> violations() {
        return violations;
    }
}
