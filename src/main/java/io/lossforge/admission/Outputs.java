package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which outputs of a file are the scores of the classes; at least one of the two.
 *
 * @param columns numbers per sample: as many as classes, or 1 of two classes
 */
record Outputs(@Nullable String logits, @Nullable String probabilities, int columns) {

    private static final Set<DataType> REAL = Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16);
    private static final int MOST_LISTED = 10;

    /**
     * Finds them.
     *
     * @throws Refusal if it is not clear which they are, or they are not one number per class
     */
    static Outputs of(GraphProto graph, Declaration said, int classes) {
        var logits = find(graph, "logits", said.logits());
        var probabilities = find(graph, "probabilities", said.probabilities());
        if (logits == null && probabilities == null) {
            throw new Refusal(
                    "/logits",
                    "say which output is the logits of the classes, or the probabilities: logits=NAME or probabilities=NAME;"
                            + " the file gives " + listed(graph));
        }
        if (logits != null && logits.equals(probabilities)) {
            throw new Refusal(
                    "/probabilities",
                    "%s can't be both logits and probabilities".formatted(Refusal.named(logits.getName())));
        }
        int columns = Stream.of(logits, probabilities)
                .filter(Objects::nonNull)
                .mapToInt(output -> columns(output, classes))
                .max()
                .orElseThrow();
        return new Outputs(
                logits == null ? null : logits.getName(),
                probabilities == null ? null : probabilities.getName(),
                columns);
    }

    /** Names of the outputs that are used. */
    List<String> names() {
        return Stream.of(logits, probabilities).filter(Objects::nonNull).toList();
    }

    private static @Nullable ValueInfoProto find(GraphProto graph, String field, @Nullable String said) {
        var found = graph.getOutputList().stream()
                .filter(output -> output.getName().equals(said == null ? field : said))
                .findFirst()
                .orElse(null);
        if (said == null) {
            return found != null && isReal(found.getType()) ? found : null;
        }
        if (found == null) {
            throw new Refusal(
                    "/" + field,
                    "%s is no output of the file; it gives %s".formatted(Refusal.named(said), listed(graph)));
        }
        if (!isReal(found.getType())) {
            throw new Refusal(
                    "/" + field,
                    "%s is %s; scores are a tensor of float numbers [batch, classes]%s"
                            .formatted(
                                    Refusal.named(said),
                                    Shapes.shown(found.getType()),
                                    found.getType().hasSequenceType()
                                            ? ": export with zipmap off, as in skl2onnx's options={'zipmap': False}"
                                            : ""));
        }
        return found;
    }

    private static boolean isReal(TypeProto type) {
        return type.hasTensorType()
                && REAL.contains(DataType.forNumber(type.getTensorType().getElemType()));
    }

    private static int columns(ValueInfoProto output, int classes) {
        var tensor = output.getType().getTensorType();
        if (!tensor.hasShape()) {
            return classes;
        }
        var axes = tensor.getShape().getDimList();
        if (axes.size() != 2) {
            throw Refusal.file(
                    "output %s is %s: one number per class is wanted, [batch, classes]; flatten it before the export",
                    Refusal.named(output.getName()), Shapes.shown(output.getType()));
        }
        if (!axes.get(1).hasDimValue()) {
            return classes;
        }
        long columns = axes.get(1).getDimValue();
        if (columns != classes && !(columns == 1 && classes == 2)) {
            throw new Refusal(
                    "/labels",
                    "has %d labels, but output %s gives %d numbers per sample: one label per number, in their order"
                            .formatted(classes, Refusal.named(output.getName()), columns));
        }
        return (int) columns;
    }

    private static String listed(GraphProto graph) {
        return graph.getOutputList().stream()
                .limit(MOST_LISTED)
                .map(output -> Refusal.named(output.getName()) + " " + Shapes.shown(output.getType()))
                .collect(Collectors.joining(", "));
    }
}
