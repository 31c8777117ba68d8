package io.lossforge.dataset;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Reads the rows of CSV files that belong together: the first says how many columns there are and which is the label. */
final class CsvTable {

    private static final int LONGEST_ROW = 8 << 20;
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final Delivery delivery;
    private final Packing packing;
    private final Brightness pixels;
    private int columns;
    private int labelAt;
    private @Nullable List<String> header;
    private @Nullable ByteBuffer row;

    CsvTable(Delivery delivery, Packing packing) {
        this.delivery = delivery;
        this.packing = packing;
        this.pixels = new Brightness(ElementType.FLOAT64, delivery.options().maxValue());
        if (delivery.options().imageSize() == null && delivery.options().maxValue() != null) {
            throw new RefusedUpload(
                    "/maxValue", "needs imageSize: without it the columns are features, stored as they are");
        }
    }

    void read(Source source, Split split) throws IOException {
        long rows = 0;
        try (var reader = new BoundedReader(reader(source), source)) {
            var parser = CSVParser.builder()
                    .setReader(reader)
                    .setFormat(format(source))
                    .get();
            boolean first = true;
            for (var record : parser) {
                reader.startRow();
                if (!first || !isHeader(source, record)) {
                    take(source, split, record, parser.getCurrentLineNumber());
                    rows++;
                }
                first = false;
            }
        } catch (UncheckedIOException e) {
            throw refused(source, Objects.requireNonNull(e.getCause()));
        } catch (CharacterCodingException e) {
            throw refused(source, e);
        }
        if (rows == 0) {
            throw source.refused("has no rows");
        }
        if (delivery.options().imageSize() != null && pixels.looksLikeUnitRange()) {
            throw source.refused("all values are between 0 and 1: give maxValue=1 if that is full brightness");
        }
    }

    /** What the parser could not read; a failing disk stays what it is. */
    private static RefusedUpload refused(Source source, IOException cause) throws IOException {
        if (cause instanceof CharacterCodingException) {
            return source.refused("is not UTF-8 text");
        }
        if (cause instanceof org.apache.commons.csv.CSVException) {
            return source.refused("can't be read as CSV: a quotation mark is open or misplaced");
        }
        throw cause;
    }

    private Reader reader(Source source) throws IOException {
        var reader = new BufferedReader(
                new InputStreamReader(source.open(delivery.unpacking()), StandardCharsets.UTF_8.newDecoder()));
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        return reader;
    }

    /** The separator that the first line has most of. */
    private static CSVFormat format(Source source) throws IOException {
        var head = new String(source.head(1 << 16), StandardCharsets.ISO_8859_1);
        var line = head.lines().filter(text -> !text.isBlank()).findFirst().orElse("");
        char separator = ',';
        long most = 0;
        for (char candidate : new char[] {',', ';', '\t'}) {
            long count = line.chars().filter(c -> c == candidate).count();
            if (count > most) {
                separator = candidate;
                most = count;
            }
        }
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(separator)
                .setIgnoreSurroundingSpaces(true)
                .setIgnoreEmptyLines(true)
                .get();
    }

    /**
     * Whether the first row of a file is a header: the label column is asked for by a name that is in it, or no cell is a number. Takes
     * the columns from the first row of the first file.
     */
    private boolean isHeader(Source source, CSVRecord record) {
        var cells = record.toList();
        var wanted = delivery.options().labelColumn();
        boolean isHeader = wanted != null && cells.contains(wanted) && !isIndex(wanted, cells.size())
                || cells.stream().noneMatch(CsvTable::looksLikeNumber);
        if (columns == 0) {
            columns = cells.size();
            labelAt = labelAt(source, cells, isHeader);
            header = isHeader ? cells : null;
            shape(source);
        } else if (isHeader && header != null && !header.equals(cells)) {
            throw source.refused("has other columns than the files before it");
        }
        return isHeader;
    }

    private static boolean isIndex(String column, int columns) {
        return column.matches("-?[0-9]{1,7}")
                && Integer.parseInt(column) >= -columns
                && Integer.parseInt(column) < columns;
    }

    private int labelAt(Source source, List<String> cells, boolean isHeader) {
        var wanted = delivery.options().labelColumn();
        if (wanted == null) {
            return columns - 1;
        }
        if (isHeader && cells.contains(wanted)) {
            if (cells.indexOf(wanted) != cells.lastIndexOf(wanted)) {
                throw new RefusedUpload(
                        "/labelColumn",
                        "%s: two columns are called \"%s\"".formatted(Shown.name(source.name()), Shown.name(wanted)));
            }
            return cells.indexOf(wanted);
        }
        if (isIndex(wanted, columns)) {
            return Math.floorMod(Integer.parseInt(wanted), columns);
        }
        throw new RefusedUpload(
                "/labelColumn",
                isHeader
                        ? "%s has no column \"%s\"; it has %s"
                                .formatted(
                                        Shown.name(source.name()),
                                        Shown.name(wanted),
                                        Shown.name(String.join(", ", cells)))
                        : "%s has no header, so give the label's column as a number from 0 to %d; was \"%s\""
                                .formatted(Shown.name(source.name()), columns - 1, Shown.name(wanted)));
    }

    private void shape(Source source) {
        if (columns < 2) {
            throw source.refused("has one column; at least one of numbers and one of labels are needed");
        }
        var size = delivery.options().imageSize();
        if (size == null) {
            packing.features(columns - 1);
        } else {
            int channels = size.channels() == null ? 1 : size.channels();
            if (size.values(channels) != columns - 1) {
                throw source.refused("has %d columns beside the label, imageSize %s needs %d"
                        .formatted(columns - 1, size, size.values(channels)));
            }
            packing.images(channels, size.height(), size.width());
        }
        row = ByteBuffer.allocate(packing.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void take(Source source, Split split, CSVRecord record, long line) throws IOException {
        if (record.size() != columns) {
            throw source.refused(
                    "line %d has %d columns, the first row has %d".formatted(line, record.size(), columns));
        }
        var into = Objects.requireNonNull(row);
        boolean isImage = delivery.options().imageSize() != null;
        int to = 0;
        for (int i = 0; i < columns; i++) {
            if (i == labelAt) {
                continue;
            }
            try {
                double value = number(record.get(i));
                if (isImage) {
                    into.put(to, pixels.pixel(value));
                } else {
                    into.putFloat(to * Float.BYTES, InputReading.feature(value));
                }
            } catch (IllegalArgumentException e) {
                throw source.refused("line %d, %s: %s".formatted(line, column(i), e.getMessage()));
            }
            to++;
        }
        packing.input(split, Arrays.copyOf(into.array(), into.capacity()));
        try {
            packing.label(split, packing.classes().index(record.get(labelAt)));
        } catch (IllegalArgumentException e) {
            throw source.refused("line %d, %s (the label): %s".formatted(line, column(labelAt), e.getMessage()));
        }
    }

    private String column(int index) {
        return header == null
                ? "column %d".formatted(index)
                : "column %d (\"%s\")".formatted(index, Shown.name(header.get(index)));
    }

    private static boolean looksLikeNumber(String cell) {
        try {
            number(cell);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A decimal number; what Java would take beside those (NaN, hexadecimal, type suffixes) is none. */
    private static double number(String cell) {
        int length = cell.length();
        if (length > 0 && length < 10) {
            int value = 0;
            int at = 0;
            while (at < length && cell.charAt(at) >= '0' && cell.charAt(at) <= '9') {
                value = value * 10 + cell.charAt(at++) - '0';
            }
            if (at == length) {
                return value;
            }
        }
        boolean plain = length > 0;
        for (int i = 0; i < length && plain; i++) {
            char c = cell.charAt(i);
            plain = c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
        }
        try {
            if (plain) {
                return Double.parseDouble(cell);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                cell.isEmpty() ? "is empty" : "\"%s\" is not a finite number".formatted(Shown.name(cell)));
    }

    /** Stops a row, or a quoted cell that is never closed, from filling the memory. */
    private static final class BoundedReader extends FilterReader {

        private final Source source;
        private long sinceRow;

        BoundedReader(Reader in, Source source) {
            super(in);
            this.source = source;
        }

        void startRow() {
            sinceRow = 0;
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            sinceRow += Math.max(read, 0);
            if (sinceRow > LONGEST_ROW) {
                throw source.refused("has a row of more than %d characters".formatted(LONGEST_ROW));
            }
            return read;
        }
    }
}
