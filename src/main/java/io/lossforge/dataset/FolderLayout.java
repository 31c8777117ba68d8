package io.lossforge.dataset;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the folders of an archive mean: {@code class/…/file}, or {@code split/class/…/file} when every top folder is named like a split
 * and one is for training; single folders around all of it are skipped.
 */
final class FolderLayout {

    private static final Map<String, Role> ROLES = Map.of(
            "train", Role.TRAIN,
            "training", Role.TRAIN,
            "test", Role.TEST,
            "testing", Role.TEST,
            "val", Role.VALIDATION,
            "valid", Role.VALIDATION,
            "validation", Role.VALIDATION);

    private final int skipped;
    private final boolean hasSplits;
    private final boolean hasTest;
    private final boolean hasValidation;

    /** What a top folder's samples are for. */
    private enum Role {
        TRAIN,
        TEST,
        VALIDATION
    }

    /** Where a file belongs. */
    record Place(Split split, String className) {}

    private FolderLayout(int skipped, Set<Role> roles) {
        this.skipped = skipped;
        this.hasSplits = !roles.isEmpty();
        this.hasTest = roles.contains(Role.TEST);
        this.hasValidation = roles.contains(Role.VALIDATION);
    }

    /**
     * Of the folders that directly hold files.
     *
     * @param folders paths; empty for the top
     */
    static FolderLayout of(Collection<String> folders) {
        var paths = folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> List.of(folder.split("/")))
                .collect(Collectors.toCollection(HashSet::new));
        int skipped = 0;
        while (tops(paths, skipped).size() == 1 && hasDeeper(paths, skipped)) {
            skipped++;
        }
        var tops = tops(paths, skipped);
        var roles = tops.stream()
                .map(top -> ROLES.get(top.toLowerCase(Locale.ROOT)))
                .filter(java.util.Objects::nonNull)
                .collect(Collectors.toSet());
        boolean areSplits = roles.contains(Role.TRAIN)
                && tops.stream().allMatch(top -> ROLES.containsKey(top.toLowerCase(Locale.ROOT)))
                && hasDeeper(paths, skipped);
        return new FolderLayout(skipped, areSplits ? roles : Set.of());
    }

    private static Set<String> tops(Collection<List<String>> paths, int depth) {
        return paths.stream()
                .filter(path -> path.size() > depth)
                .map(path -> path.get(depth))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean hasDeeper(Collection<List<String>> paths, int depth) {
        return paths.stream().anyMatch(path -> path.size() > depth + 1);
    }

    /** Whether validation folders become the test split, there being no other. */
    boolean validationIsTest() {
        return hasValidation && !hasTest;
    }

    /** Whether validation folders join the training split, there being a test split. */
    boolean validationIsTraining() {
        return hasValidation && hasTest;
    }

    /**
     * Where the files of a folder belong.
     *
     * @return null if they are outside of a class folder
     */
    @Nullable Place place(String folder) {
        var segments = folder.isEmpty() ? new String[0] : folder.split("/");
        int classAt = skipped + (hasSplits ? 1 : 0);
        if (segments.length <= classAt) {
            return null;
        }
        return new Place(hasSplits ? split(segments[skipped]) : Split.TRAIN, segments[classAt]);
    }

    private Split split(String top) {
        return switch (ROLES.getOrDefault(top.toLowerCase(Locale.ROOT), Role.TRAIN)) {
            case TRAIN -> Split.TRAIN;
            case TEST -> Split.TEST;
            case VALIDATION -> hasTest ? Split.TRAIN : Split.TEST;
        };
    }

    /** Whether the folder is itself a class folder. */
    boolean isClass(String folder) {
        return folder.split("/").length == skipped + (hasSplits ? 2 : 1);
    }
}
