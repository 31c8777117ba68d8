package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The IDX files of MNIST and its kin, plain or gzipped: images and labels, and a second pair for the test. */
@Component
@Order(60)
class IdxFormat implements DatasetFormat {

    private static final Map<Integer, ElementType> TYPES = Map.of(
            0x08, ElementType.UINT8,
            0x09, ElementType.INT8,
            0x0b, ElementType.INT16,
            0x0c, ElementType.INT32,
            0x0d, ElementType.FLOAT32,
            0x0e, ElementType.FLOAT64);

    @Override
    public String name() {
        return "idx";
    }

    @Override
    public String summary() {
        return "IDX files (MNIST), plain or gzipped";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize", "maxValue");
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        return isIdx(source.head(4));
    }

    static boolean isIdx(byte[] head) {
        return head.length >= 4
                && head[0] == 0
                && head[1] == 0
                && TYPES.containsKey((int) head[2])
                && head[3] >= 1
                && head[3] <= 4;
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new NumberArrays(delivery, packing)
                .read(arrays(delivery.files(), delivery), arrays(delivery.testFiles(), delivery));
    }

    private static List<NumberArray> arrays(List<Source> sources, Delivery delivery) throws IOException {
        var arrays = new ArrayList<NumberArray>();
        for (var source : sources) {
            arrays.add(array(source, delivery));
        }
        return arrays;
    }

    private static NumberArray array(Source source, Delivery delivery) throws IOException {
        byte[] head;
        byte[] dimensions;
        try (var in = source.open(delivery.unpacking().again())) {
            head = in.readNBytes(4);
            dimensions = in.readNBytes(4 * head[3]);
        }
        int rank = head[3];
        if (dimensions.length < 4 * rank) {
            throw source.refused("cut off: this IDX file ends inside of its header");
        }
        var shape = new ArrayList<Long>();
        for (int i = 0; i < rank; i++) {
            shape.add(ByteBuffer.wrap(dimensions).getInt(4 * i) & 0xffffffffL);
        }
        var type = Objects.requireNonNull(TYPES.get((int) head[2]));
        return new NumberArray(
                source, "", type, type.bytes, ByteOrder.BIG_ENDIAN, shape, () -> data(source, delivery, 4 + 4 * rank));
    }

    private static InputStream data(Source source, Delivery delivery, int offset) throws IOException {
        var in = source.open(delivery.unpacking());
        in.readNBytes(offset);
        return in;
    }
}
