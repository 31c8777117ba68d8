package io.lossforge.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Rows of numbers with a label column, plain or gzipped, separated by comma, semicolon or tab; a header or none. */
@Component
@Order(90)
class CsvFormat implements DatasetFormat {

    private static final int LOOKED_AT = 1 << 14;

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String summary() {
        return "CSV of numbers and a label column, plain or gzipped";
    }

    @Override
    public Set<String> options() {
        return Set.of("imageSize", "labelColumn", "maxValue");
    }

    /** Text without control characters, with a separator in it. */
    @Override
    public boolean recognises(Source source) throws IOException {
        var head = source.head(LOOKED_AT);
        boolean separated = false;
        for (byte value : head) {
            separated |= value == ',' || value == ';' || value == '\t';
            if (value >= 0 && value < ' ' && value != '\t' && value != '\r' && value != '\n') {
                return false;
            }
        }
        var beginning = new String(head, StandardCharsets.ISO_8859_1);
        return separated
                && !beginning.startsWith("%PDF")
                && !beginning.stripLeading().startsWith("<");
    }

    @Override
    public void read(Delivery delivery, Packing packing) throws IOException {
        var table = new CsvTable(delivery, packing);
        for (var source : delivery.files()) {
            table.read(source, Split.TRAIN);
        }
        for (var source : delivery.testFiles()) {
            table.read(source, Split.TEST);
        }
    }
}
