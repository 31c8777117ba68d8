package io.lossforge.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Turns an array of one dimension into labels: whole numbers from 0 to 999,999, or texts. */
final class LabelReading {

    private static final double LARGEST = 999_999;

    private final Packing packing;

    LabelReading(Packing packing) {
        this.packing = packing;
    }

    void read(Split split, NumberArray array) throws IOException {
        var raw = new byte[array.elementBytes()];
        var buffer = ByteBuffer.wrap(raw).order(array.order());
        if (array.valuesPerSample() != 1) {
            throw array.refused("has the shape %s; labels have one dimension".formatted(array.shape()));
        }
        try (var in = array.opener().open()) {
            for (long sample = 0; sample < array.samples(); sample++) {
                InputReading.fill(in, raw, array, sample);
                packing.label(split, index(array, sample, className(array, sample, buffer)));
            }
            if (in.read() >= 0) {
                throw array.refused(
                        "has more data than the %d samples that its header says".formatted(array.samples()));
            }
        }
    }

    private int index(NumberArray array, long sample, String name) {
        try {
            return packing.classes().index(name);
        } catch (IllegalArgumentException e) {
            throw array.refused("sample %d: %s".formatted(sample, e.getMessage()));
        }
    }

    private static String className(NumberArray array, long sample, ByteBuffer element) {
        var type = array.type();
        if (type == null) {
            return text(element);
        }
        double value = type.read(element, 0);
        if (!(value >= 0 && value <= LARGEST) || value != Math.rint(value)) {
            throw array.refused("sample %d: label %s is out of range; labels are whole numbers from 0 to %d"
                    .formatted(sample, shown(type, value), (long) LARGEST));
        }
        return String.valueOf((long) value);
    }

    private static String shown(@Nullable ElementType type, double value) {
        return type != null && type.isWhole ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** NumPy's fixed-width text: 4 bytes per character, zeros at its end. */
    private static String text(ByteBuffer element) {
        var charset = element.order() == ByteOrder.LITTLE_ENDIAN ? "UTF-32LE" : "UTF-32BE";
        var text = new String(element.array(), java.nio.charset.Charset.forName(charset));
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 0) {
            end--;
        }
        return text.substring(0, end);
    }
}
