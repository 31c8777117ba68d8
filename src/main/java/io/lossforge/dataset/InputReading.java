package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns an array's rows into samples. {@code [N,D]} are features, or with {@code imageSize} pixels; {@code [N,H,W]},
 * {@code [N,C,H,W]} and {@code [N,H,W,C]} with 1 or 3 channels are pixels.
 */
final class InputReading {

    private final IngestOptions options;
    private final Packing packing;

    InputReading(IngestOptions options, Packing packing) {
        this.options = options;
        this.packing = packing;
    }

    /**
     * How a row is laid out.
     *
     * @param channels null for features
     */
    private record Form(@Nullable Integer channels, int height, int width, boolean channelsLast) {}

    void read(Split split, NumberArray array) throws IOException {
        var type = array.type();
        if (type == null) {
            throw array.refused("is text; inputs must be numbers");
        }
        var form = form(array);
        take(array, form);
        int values = array.valuesPerSample();
        boolean asStored = type == ElementType.UINT8 && form.channels() != null && options.maxValue() == null;
        var pixels = new Brightness(type, options.maxValue());
        var raw = new byte[Math.multiplyExact(values, type.bytes)];
        var buffer = ByteBuffer.wrap(raw).order(array.order());
        var row = ByteBuffer.allocate(packing.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
        try (var in = array.opener().open()) {
            for (long sample = 0; sample < array.samples(); sample++) {
                fill(in, raw, array, sample);
                if (asStored) {
                    System.arraycopy(raw, 0, row.array(), 0, raw.length);
                } else {
                    convert(array, sample, type, buffer, row, form.channels() == null ? null : pixels);
                }
                packing.input(split, form.channelsLast() ? planes(row.array(), form) : row.array());
            }
            if (in.read() >= 0) {
                throw array.refused(
                        "has more data than the %d samples that its header says".formatted(array.samples()));
            }
        }
        if (form.channels() != null && pixels.looksLikeUnitRange()) {
            throw array.refused("all values are between 0 and 1: give maxValue=1 if these are to be pixels");
        }
    }

    /** Reads one row whole. */
    static void fill(InputStream in, byte[] row, NumberArray array, long sample) throws IOException {
        if (in.readNBytes(row, 0, row.length) < row.length) {
            throw array.refused("cut off: it ends in sample %d of %d".formatted(sample, array.samples()));
        }
    }

    private void take(NumberArray array, Form form) {
        var shape = form.channels() == null
                ? List.of(array.valuesPerSample())
                : List.of(form.channels(), form.height(), form.width());
        if (packing.hasShape()) {
            if (!packing.shape().equals(shape)) {
                throw array.refused(
                        "its samples have the shape %s, those before it %s".formatted(shape, packing.shape()));
            }
            return;
        }
        if (form.channels() == null) {
            packing.features(array.valuesPerSample());
        } else {
            packing.images(form.channels(), form.height(), form.width());
        }
    }

    private Form form(NumberArray array) {
        var size = options.imageSize();
        if (array.shape().size() == 2) {
            return size == null ? features(array) : flat(array, size);
        }
        var form = imageForm(array);
        if (size != null
                && (size.height() != form.height()
                        || size.width() != form.width()
                        || size.channels() != null && !size.channels().equals(form.channels()))) {
            throw array.refused("has images of %dx%dx%d, imageSize says %s; arrays are not resized"
                    .formatted(Objects.requireNonNull(form.channels()), form.height(), form.width(), size));
        }
        return form;
    }

    private Form features(NumberArray array) {
        if (options.maxValue() != null) {
            throw new RefusedUpload(
                    "/maxValue", "needs imageSize: without it the columns are features, stored as they are");
        }
        return new Form(null, 1, array.valuesPerSample(), false);
    }

    private static Form flat(NumberArray array, ImageSize size) {
        int channels = size.channels() == null ? 1 : size.channels();
        if (size.values(channels) != array.valuesPerSample()) {
            throw array.refused("has %d values per sample, imageSize %s needs %d"
                    .formatted(array.valuesPerSample(), size, size.values(channels)));
        }
        return new Form(channels, size.height(), size.width(), false);
    }

    private static Form imageForm(NumberArray array) {
        var sizes = array.shape().subList(1, array.shape().size()).stream()
                .map(Math::toIntExact)
                .toList();
        if (sizes.size() == 2) {
            return new Form(1, sizes.get(0), sizes.get(1), false);
        }
        if (sizes.size() == 3 && isChannels(sizes.get(0))) {
            return new Form(sizes.get(0), sizes.get(1), sizes.get(2), false);
        }
        if (sizes.size() == 3 && isChannels(sizes.get(2))) {
            return new Form(sizes.get(2), sizes.get(0), sizes.get(1), true);
        }
        throw array.refused("has the shape %s; wanted are [N,D], [N,H,W], [N,C,H,W] or [N,H,W,C] with 1 or 3 channels"
                .formatted(array.shape()));
    }

    private static boolean isChannels(int size) {
        return size == 1 || size == 3;
    }

    private static void convert(
            NumberArray array,
            long sample,
            ElementType type,
            ByteBuffer from,
            ByteBuffer row,
            @Nullable Brightness pixels) {
        int count = from.capacity() / type.bytes;
        for (int i = 0; i < count; i++) {
            double value = type.read(from, i * type.bytes);
            try {
                if (pixels == null) {
                    row.putFloat(i * Float.BYTES, feature(value));
                } else {
                    row.put(i, pixels.pixel(value));
                }
            } catch (IllegalArgumentException e) {
                throw array.refused("sample %d, value %d: %s".formatted(sample, i, e.getMessage()));
            }
        }
    }

    /**
     * As it is stored.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    static float feature(double value) {
        float feature = (float) value;
        if (!Float.isFinite(feature)) {
            throw new IllegalArgumentException("%s is not a finite number".formatted(value));
        }
        return feature;
    }

    /** {@code [H,W,C]} to {@code [C,H,W]}. */
    private static byte[] planes(byte[] interleaved, Form form) {
        int channels = Objects.requireNonNull(form.channels());
        int plane = form.height() * form.width();
        var planes = new byte[interleaved.length];
        for (int i = 0; i < plane; i++) {
            for (int channel = 0; channel < channels; channel++) {
                planes[channel * plane + i] = interleaved[i * channels + channel];
            }
        }
        return planes;
    }
}
