package io.lossforge.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** NumPy files: one with the inputs and one with the labels, and a second pair for the test. */
@Component
@Order(50)
class NpyFormat implements DatasetFormat {

    @Override
    public String name() {
        return "npy";
    }

    @Override
    public String summary() {
        return ".npy files of inputs and labels";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize", "maxValue");
    }

    @Override
    public boolean recognises(Source source) throws IOException {
        return NpyHeader.startsWithMagic(source.head(6));
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        new NumberArrays(delivery, packing)
                .read(arrays(delivery.files(), delivery), arrays(delivery.testFiles(), delivery));
    }

    private static List<NumberArray> arrays(List<Source> sources, Delivery delivery) throws IOException {
        var arrays = new ArrayList<NumberArray>();
        for (var source : sources) {
            try (var in = source.open(delivery.unpacking().again())) {
                arrays.add(array(source, "", in, () -> source.open(delivery.unpacking())));
            }
        }
        return arrays;
    }

    /**
     * The array whose header the stream is at.
     *
     * @param opener opens the same stream again
     */
    static NumberArray array(Source source, String name, InputStream in, NumberArray.Opener opener) throws IOException {
        try {
            var header = NpyHeader.read(in);
            return new NumberArray(
                    source, name, header.type(), header.elementBytes(), header.order(), header.shape(), () -> {
                        var data = opener.open();
                        data.readNBytes(header.length());
                        return data;
                    });
        } catch (IllegalArgumentException e) {
            throw source.refused(name, String.valueOf(e.getMessage()));
        }
    }
}
