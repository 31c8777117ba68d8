package io.lossforge.experiment;

import io.lossforge.training.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs of a combination came to.
 *
 * @param baseline number of the cell that it is compared with
 * @param trainingCounts samples of each class that it trained on
 * @param results of the jobs that succeeded, by seed
 * @param curves by metric: the validation curves of those jobs, by epoch
 */
record CellResults(
        int cell,
        String label,
        String setting,
        int baseline,
        List<Long> trainingCounts,
        List<Result> results,
        Map<String, List<SortedMap<Integer, Double>>> curves) {

    private static final int MOST_CLASSES_OF_CONFUSION = 50;
    private static final int MOST_POINTS_OF_CURVE = 200;

    /**
     * What a job came to.
     *
     * @param relativeGap mean relative multi-modality gap on the test split; null where it is not defined
     * @param correct which test samples it has right, in the dataset's order; null where that is not stored
     */
    record Result(
            long seed,
            Evaluation test,
            @Nullable Evaluation validation,
            @Nullable Double relativeGap,
            @Nullable BitSet correct) {}

    boolean isBaseline() {
        return cell == baseline;
    }

    /** A metric of the test split by seed; a seed whose job has no value is missing. */
    SortedMap<Long, Double> values(Metric metric) {
        return bySeed(result -> metric.of(result, trainingCounts));
    }

    /** Balanced accuracy on the validation split by seed. */
    SortedMap<Long, Double> validation() {
        return bySeed(result ->
                result.validation() == null ? null : result.validation().balancedAccuracy());
    }

    private SortedMap<Long, Double> bySeed(Function<Result, @Nullable Double> value) {
        return results.stream()
                .filter(result -> value.apply(result) != null)
                .collect(Collectors.toMap(
                        Result::seed,
                        result -> Objects.requireNonNull(value.apply(result)),
                        (first, second) -> first,
                        TreeMap::new));
    }

    /** The metric minus the other's, for every seed that both have a value of, in the order of the seeds. */
    List<Double> differences(Metric metric, CellResults from) {
        var theirs = from.values(metric);
        return values(metric).entrySet().stream()
                .filter(mine -> theirs.containsKey(mine.getKey()))
                .map(mine -> mine.getValue() - Objects.requireNonNull(theirs.get(mine.getKey())))
                .toList();
    }

    /** McNemar's test against the other for every seed that both have predictions of, in the order of the seeds. */
    List<McNemar> mcNemar(CellResults from) {
        var theirs = new TreeMap<Long, BitSet>();
        for (var result : from.results) {
            if (result.correct() != null) {
                theirs.put(result.seed(), result.correct());
            }
        }
        var tests = new ArrayList<McNemar>();
        for (var result : results) {
            var other = theirs.get(result.seed());
            if (other != null && result.correct() != null) {
                tests.add(McNemar.of(result.seed(), other, result.correct()));
            }
        }
        return List.copyOf(tests);
    }

    /** A curve over the seeds that reached each epoch; every n-th epoch where there are many. */
    List<Report.CurvePoint> curve(String metric) {
        var values = new TreeMap<Integer, List<Double>>();
        curves.getOrDefault(metric, List.of())
                .forEach(curve -> curve.forEach((epoch, value) ->
                        values.computeIfAbsent(epoch, e -> new ArrayList<>()).add(value)));
        int step = 1 + (values.size() - 1) / MOST_POINTS_OF_CURVE;
        int last = values.isEmpty() ? 0 : values.lastKey();
        return values.entrySet().stream()
                .filter(point -> (point.getKey() - 1) % step == 0 || point.getKey() == last)
                .map(point -> point(point.getKey(), Objects.requireNonNull(Spread.of(point.getValue()))))
                .toList();
    }

    private static Report.CurvePoint point(int epoch, Spread spread) {
        return new Report.CurvePoint(epoch, spread.count(), spread.mean(), spread.sd());
    }

    /** Mean share of each true class that is predicted as each class; null with too many classes, or without results. */
    @Nullable List<List<Double>> confusion() {
        if (results.isEmpty() || results.get(0).test().confusion().length > MOST_CLASSES_OF_CONFUSION) {
            return null;
        }
        int classes = results.get(0).test().confusion().length;
        var mean = new double[classes][classes];
        for (var result : results) {
            var confusion = result.test().confusion();
            for (int row = 0; row < classes; row++) {
                double support = Math.max(1, Arrays.stream(confusion[row]).sum());
                for (int column = 0; column < classes; column++) {
                    mean[row][column] += confusion[row][column] / support / results.size();
                }
            }
        }
        return Arrays.stream(mean)
                .map(row -> Arrays.stream(row).boxed().toList())
                .toList();
    }
}
