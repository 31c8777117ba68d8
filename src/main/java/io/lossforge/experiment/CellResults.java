package io.lossforge.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs of a combination came to, in few numbers for each job: there may be thousands of them.
 *
 * @param baseline number of the cell that it is compared with
 * @param trainingCounts samples of each class that it trained on
 * @param seeds of the jobs that succeeded
 * @param values by metric and seed, of the test split; what a job has no value of is missing
 * @param validation balanced accuracy on the validation split by seed
 * @param correct which test samples the job of a seed has right, in the order of the seeds
 * @param curves by metric: on the validation split, over the seeds
 * @param confusion mean share of each true class that is predicted as each class; null with too many classes, or without results
 */
record CellResults(
        int cell,
        String label,
        String setting,
        int baseline,
        List<Long> trainingCounts,
        List<Long> seeds,
        Map<Metric, SortedMap<Long, Double>> values,
        SortedMap<Long, Double> validation,
        Map<Long, BitSet> correct,
        Map<String, List<Report.CurvePoint>> curves,
        @Nullable List<List<Double>> confusion) {

    private static final int MOST_CLASSES_OF_CONFUSION = 50;
    private static final int MOST_POINTS_OF_CURVE = 200;

    /**
     * Takes from the jobs what the report needs of them.
     *
     * @param jobs those that succeeded
     * @param curves by metric: the validation curve of each job, by epoch
     */
    static CellResults of(
            int cell,
            String label,
            String setting,
            int baseline,
            List<Long> trainingCounts,
            List<JobResult> jobs,
            Map<String, List<SortedMap<Integer, Double>>> curves) {
        var values = new EnumMap<Metric, SortedMap<Long, Double>>(Metric.class);
        for (var metric : Metric.values()) {
            values.put(metric, bySeed(jobs, job -> metric.of(job, trainingCounts)));
        }
        var correct = new LinkedHashMap<Long, BitSet>();
        for (var job : jobs) {
            if (job.correct() != null) {
                correct.put(job.seed(), job.correct());
            }
        }
        var means = new LinkedHashMap<String, List<Report.CurvePoint>>();
        curves.forEach((metric, ofJobs) -> means.put(metric, mean(ofJobs)));
        return new CellResults(
                cell,
                label,
                setting,
                baseline,
                trainingCounts,
                jobs.stream().map(JobResult::seed).toList(),
                values,
                bySeed(jobs, JobResult::validation),
                correct,
                means,
                confusion(jobs));
    }

    private static SortedMap<Long, Double> bySeed(List<JobResult> jobs, Function<JobResult, @Nullable Double> value) {
        var values = new TreeMap<Long, Double>();
        for (var job : jobs) {
            var of = value.apply(job);
            if (of != null) {
                values.put(job.seed(), of);
            }
        }
        return values;
    }

    boolean isBaseline() {
        return cell == baseline;
    }

    /** A metric of the test split by seed; a seed whose job has no value is missing. */
    SortedMap<Long, Double> values(Metric metric) {
        return Objects.requireNonNull(values.get(metric));
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
        var tests = new ArrayList<McNemar>();
        correct.forEach((seed, here) -> {
            var other = from.correct.get(seed);
            if (other != null) {
                tests.add(McNemar.of(seed, other, here));
            }
        });
        return List.copyOf(tests);
    }

    /** Over the seeds that reached each epoch; every n-th epoch where there are many. */
    private static List<Report.CurvePoint> mean(List<SortedMap<Integer, Double>> curves) {
        var values = new TreeMap<Integer, List<Double>>();
        curves.forEach(curve -> curve.forEach((epoch, value) ->
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

    private static @Nullable List<List<Double>> confusion(List<JobResult> jobs) {
        if (jobs.isEmpty() || jobs.get(0).test().confusion().length > MOST_CLASSES_OF_CONFUSION) {
            return null;
        }
        int classes = jobs.get(0).test().confusion().length;
        var mean = new double[classes][classes];
        for (var job : jobs) {
            var confusion = job.test().confusion();
            for (int row = 0; row < classes; row++) {
                double support = Math.max(1, Arrays.stream(confusion[row]).sum());
                for (int column = 0; column < classes; column++) {
                    mean[row][column] += confusion[row][column] / support / jobs.size();
                }
            }
        }
        return Arrays.stream(mean)
                .map(row -> Arrays.stream(row).boxed().toList())
                .toList();
    }
}
