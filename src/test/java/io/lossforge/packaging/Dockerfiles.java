package io.lossforge.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The Dockerfile as instructions. */
final class Dockerfiles {

    private static final Pattern FROM = Pattern.compile("(\\S+)(?: AS (\\S+))?");

    private Dockerfiles() {}

    /**
     * One instruction.
     *
     * @param stage name of the stage it belongs to; empty before the first
     * @param name {@code COPY}, {@code RUN}, …
     * @param arguments the rest, continued lines joined by a space
     */
    record Instruction(String stage, String name, String arguments) {}

    static List<Instruction> instructions() {
        String text;
        try {
            text = Files.readString(Path.of("Dockerfile"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var instructions = new ArrayList<Instruction>();
        var stage = "";
        for (var line : text.replaceAll("(?m)^#.*$", "")
                .replaceAll("\\\\\\R\\s*", " ")
                .lines()
                .filter(line -> !line.isBlank())
                .toList()) {
            var parts = line.strip().split("\\s+", 2);
            var name = parts[0].toUpperCase(Locale.ROOT);
            if (name.equals("FROM")) {
                var from = FROM.matcher(parts[1]);
                if (!from.matches() || from.group(2) == null) {
                    throw new IllegalStateException("a stage without a name: " + line);
                }
                stage = from.group(2);
            }
            instructions.add(new Instruction(stage, name, parts[1]));
        }
        return instructions;
    }

    static List<String> stages() {
        return instructions().stream().map(Instruction::stage).distinct().toList();
    }

    /** The instructions of a stage and of those it is built on, the first first. */
    static List<Instruction> image(String stage) {
        var own = instructions().stream()
                .filter(instruction -> instruction.stage().equals(stage))
                .toList();
        if (own.isEmpty()) {
            return List.of();
        }
        var image = new ArrayList<>(image(own.get(0).arguments().split(" ")[0]));
        image.addAll(own);
        return image;
    }

    /** The layers of the jar that a stage copies. */
    static Set<String> layers(String stage) {
        return image(stage).stream()
                .filter(instruction -> instruction.name().equals("COPY"))
                .map(Instruction::arguments)
                .filter(copy -> copy.contains(" /layers/"))
                .map(copy -> copy.replaceAll(".* /layers/(\\S+) .*", "$1"))
                .collect(Collectors.toSet());
    }
}
