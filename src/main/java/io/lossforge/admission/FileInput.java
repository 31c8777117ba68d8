package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.lossforge.admission.Declaration.Layout;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one input of a file.
 *
 * @param type of its elements
 * @param shape of a sample as the service has it: {@code [channels, height, width]} or {@code [features]}
 * @param layout of images; {@link Layout#NCHW} of features
 * @param fixedBatch whether the file states how many samples it takes
 */
record FileInput(String name, DataType type, List<Integer> shape, Layout layout, boolean fixedBatch) {

    private static final Set<DataType> TAKEN =
            Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.UINT8);
    private static final long LARGEST = 1L << 24;
    private static final Set<Long> CHANNELS = Set.of(1L, 3L);

    /**
     * Finds it.
     *
     * @throws Refusal if there is none or more than one, or its shape is not known but for the batch
     */
    static FileInput of(GraphProto graph, Declaration said) {
        var constants =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        var inputs = graph.getInputList().stream()
                .filter(input -> !constants.contains(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw Refusal.file(
                    "takes %d inputs, %s: exactly one is taken, the samples; make the others constants before the export",
                    inputs.size(),
                    inputs.stream()
                            .limit(10)
                            .map(ValueInfoProto::getName)
                            .map(Refusal::named)
                            .toList());
        }
        var input = inputs.get(0);
        var tensor = input.getType().getTensorType();
        var type = DataType.forNumber(tensor.getElemType());
        var axes = tensor.getShape().getDimList();
        var shown = "input %s is %s".formatted(Refusal.named(input.getName()), Shapes.shown(input.getType()));
        if (!input.getType().hasTensorType() || type == null || !TAKEN.contains(type)) {
            throw Refusal.file("%s: float, double, float16 or uint8 is taken", shown);
        }
        if (axes.size() != 2 && axes.size() != 4) {
            throw Refusal.file(
                    "%s: features [batch, features] are taken, or images [batch, channels, height, width] or [batch, height,"
                            + " width, channels]",
                    shown);
        }
        requireKnown(axes, shown);
        if (axes.size() == 2 && type == DataType.UINT8) {
            throw Refusal.file("%s: features are float or double", shown);
        }
        var sizes = axes.stream().skip(1).map(axis -> (int) axis.getDimValue()).toList();
        var layout = layout(axes, said.layout(), shown);
        return new FileInput(
                input.getName(),
                type,
                layout == Layout.NHWC ? List.of(sizes.get(2), sizes.get(0), sizes.get(1)) : sizes,
                layout,
                axes.get(0).hasDimValue());
    }

    boolean isImages() {
        return shape.size() == 3;
    }

    /** Numbers in one sample. */
    int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    private static void requireKnown(List<Dimension> axes, String shown) {
        long size = 1;
        for (var axis : axes.subList(1, axes.size())) {
            if (!axis.hasDimValue() || axis.getDimValue() < 1) {
                throw Refusal.file(
                        "%s: every size but that of the batch must be a number; export it with a fixed one, and only the batch"
                                + " among the dynamic axes",
                        shown);
            }
            size = axis.getDimValue() > LARGEST ? LARGEST + 1 : Math.min(LARGEST + 1, size * axis.getDimValue());
        }
        if (size > LARGEST) {
            throw Refusal.file("%s: at most %d numbers per sample are taken", shown, LARGEST);
        }
    }

    private static Layout layout(List<Dimension> axes, @Nullable Layout said, String shown) {
        if (axes.size() == 2) {
            if (said != null) {
                throw new Refusal("/layout", shown + ": features have no layout, leave it out");
            }
            return Layout.NCHW;
        }
        boolean first = CHANNELS.contains(axes.get(1).getDimValue());
        boolean last = CHANNELS.contains(axes.get(3).getDimValue());
        if (said == null && first == last) {
            throw new Refusal(
                    "/layout",
                    first
                            ? "is required, NCHW or NHWC: %s, which may be either".formatted(shown)
                            : "%s: 1 or 3 channels are taken, at the second or the last place".formatted(shown));
        }
        var layout = said != null ? said : first ? Layout.NCHW : Layout.NHWC;
        if (!(layout == Layout.NCHW ? first : last)) {
            throw new Refusal("/layout", "%s can't be: %s; 1 or 3 channels are taken".formatted(layout, shown));
        }
        return layout;
    }
}
