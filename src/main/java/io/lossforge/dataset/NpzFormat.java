package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** NumPy archives: inputs and labels, told apart by their dimensions, with {@code test} in the names of the test part. */
@Component
@Order(15)
class NpzFormat implements DatasetFormat {

    private static final int MOST_ARRAYS = 64;

    @Override
    public String name() {
        return "npz";
    }

    @Override
    public String summary() {
        return ".npz of inputs and labels";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize", "maxValue");
    }

    /** A zip whose first entry is an array: by its name, or its content where it is stored. */
    @Override
    public boolean recognises(Source source) throws IOException {
        if (source.isGzip()) {
            return false;
        }
        var head = source.head(1024);
        if (head.length < 30 || !ZipFormat.isZip(java.util.Arrays.copyOf(head, 4))) {
            return false;
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(26) & 0xffff;
        var name = new String(head, 30, Math.min(length, head.length - 30), StandardCharsets.ISO_8859_1);
        return name.endsWith(".npy") && name.indexOf('/') < 0;
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new NumberArrays(delivery, packing)
                .read(arrays(delivery.files(), delivery), arrays(delivery.testFiles(), delivery));
    }

    private static List<NumberArray> arrays(List<Source> sources, Delivery delivery) throws IOException {
        var arrays = new ArrayList<NumberArray>();
        for (var source : sources) {
            new ZipArchive(source, delivery.unpacking().again()).each(entry -> {
                if (arrays.size() == MOST_ARRAYS) {
                    throw source.refused("has more than %d arrays".formatted(MOST_ARRAYS));
                }
                try (var in = entry.open()) {
                    var path = entry.path();
                    arrays.add(NpyFormat.array(source, path, in, () -> open(source, path, delivery)));
                }
                return true;
            });
        }
        return arrays;
    }

    private static InputStream open(Source source, String path, Delivery delivery) throws IOException {
        return new ZipArchive(source, delivery.unpacking()).open(path);
    }
}
