package io.lossforge.analysis;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A number for each pair of classes: rows are true classes. Written whole up to {@link #MOST_WHOLE} classes. */
public record ClassMatrix(
        @JsonPropertyDescription(
                "All values, one row per true class, one column per class; null with more than 200 classes")
        double @Nullable [][] values,

        @JsonPropertyDescription(
                "Per column the 20 values that are largest in size, with more than 200 classes; else null")
        @Nullable List<List<Cell>> largest,

        @JsonPropertyDescription("Sum of each row") double[] rowSums,

        @JsonPropertyDescription("Sum of each column") double[] columnSums) {

    /** Matrices of more classes are written as their largest values and their sums. */
    public static final int MOST_WHOLE = 200;

    private static final int LARGEST = 20;

    /** One value of a column. */
    public record Cell(
            @JsonPropertyDescription("Position of the true class, from 0")
            int row,

            @JsonPropertyDescription("The value") double value) {}

    static ClassMatrix of(double[][] values) {
        int classes = values.length;
        var rowSums = new double[classes];
        var columnSums = new double[classes];
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < classes; j++) {
                rowSums[k] += values[k][j];
                columnSums[j] += values[k][j];
            }
        }
        return classes <= MOST_WHOLE
                ? new ClassMatrix(values, null, rowSums, columnSums)
                : new ClassMatrix(null, largest(values), rowSums, columnSums);
    }

    private static List<List<Cell>> largest(double[][] values) {
        return IntStream.range(0, values.length)
                .mapToObj(j -> IntStream.range(0, values.length)
                        .mapToObj(k -> new Cell(k, values[k][j]))
                        .sorted(Comparator.comparingDouble((Cell cell) -> -Math.abs(cell.value())))
                        .limit(LARGEST)
                        .toList())
                .toList();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClassMatrix matrix
                && Arrays.deepEquals(values, matrix.values)
                && Objects.equals(largest, matrix.largest)
                && Arrays.equals(rowSums, matrix.rowSums)
                && Arrays.equals(columnSums, matrix.columnSums);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(columnSums);
    }
}
