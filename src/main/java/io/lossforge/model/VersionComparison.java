package io.lossforge.model;

import io.lossforge.analysis.McNemarTest;
import io.lossforge.training.Evaluation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two versions of a model on the same samples of a dataset, one by one. */
@Schema(name = "ModelVersionComparison")
record VersionComparison(
        String model,
        String dataset,
        int datasetVersion,

        @Schema(description = "train, test or all of the dataset")
        String split,

        @Schema(description = "Samples, the same for both") long samples,

        @Schema(description = "By name: the first version's, the second's, and how much more the second's is")
        Map<String, Pair> metrics,

        List<ClassPair> perClass,

        @Schema(
                description =
                        "McNemar's test, exact and two-sided; null where it is not stored which samples were right")
        @Nullable Test mcNemar,

        String verdict) {

    /** Below it a difference is said to be more than chance. */
    private static final double SIGNIFICANT = 0.05;

    @Schema(name = "ComparedMetric")
    record Pair(double first, double second, double difference) {

        static Pair of(double first, double second) {
            return new Pair(first, second, second - first);
        }
    }

    @Schema(name = "ComparedClass")
    record ClassPair(String label, long support, Pair precision, Pair recall) {}

    @Schema(name = "PairedTest")
    record Test(
            @Schema(description = "Samples that only the first version has right")
            int onlyFirst,

            @Schema(description = "Samples that only the second version has right")
            int onlySecond,

            double pValue) {

        static Test of(McNemarTest test) {
            return new Test(test.onlyFirst(), test.onlySecond(), test.pValue());
        }
    }

    static VersionComparison of(
            ModelVersion first,
            ModelVersion second,
            DatasetReference dataset,
            Evaluation ofFirst,
            Evaluation ofSecond,
            @Nullable McNemarTest test) {
        return new VersionComparison(
                first.model(),
                dataset.name(),
                dataset.version(),
                dataset.split(),
                ofFirst.count(),
                metrics(ofFirst, ofSecond),
                classes(ofFirst, ofSecond),
                test == null ? null : Test.of(test),
                verdict(first.version(), second.version(), ofFirst, ofSecond, test));
    }

    /** The samples of both. */
    record DatasetReference(String name, int version, String split) {}

    private static Map<String, Pair> metrics(Evaluation first, Evaluation second) {
        var metrics = new LinkedHashMap<String, Pair>();
        metrics.put("accuracy", Pair.of(first.accuracy(), second.accuracy()));
        metrics.put("balancedAccuracy", Pair.of(first.balancedAccuracy(), second.balancedAccuracy()));
        metrics.put("macroF1", Pair.of(first.macroF1(), second.macroF1()));
        metrics.put("worstClassRecall", Pair.of(first.worstClassRecall(), second.worstClassRecall()));
        put(metrics, "auroc", first.auroc(), second.auroc());
        put(metrics, "auprc", first.auprc(), second.auprc());
        metrics.put("nll", Pair.of(first.nll(), second.nll()));
        metrics.put("brier", Pair.of(first.brier(), second.brier()));
        metrics.put("ece", Pair.of(first.ece(), second.ece()));
        return metrics;
    }

    private static void put(Map<String, Pair> metrics, String name, @Nullable Double first, @Nullable Double second) {
        if (first != null && second != null) {
            metrics.put(name, Pair.of(first, second));
        }
    }

    private static List<ClassPair> classes(Evaluation first, Evaluation second) {
        var classes = new ArrayList<ClassPair>();
        for (int k = 0; k < first.perClass().size(); k++) {
            var here = first.perClass().get(k);
            var there = second.perClass().get(k);
            classes.add(new ClassPair(
                    here.className(),
                    here.support(),
                    Pair.of(here.precision(), there.precision()),
                    Pair.of(here.recall(), there.recall())));
        }
        return classes;
    }

    private static String verdict(
            int first, int second, Evaluation ofFirst, Evaluation ofSecond, @Nullable McNemarTest test) {
        if (test == null) {
            return "which samples were right is not stored of both: whether the difference is chance can't be said";
        }
        if (test.pValue() >= SIGNIFICANT) {
            return "no difference in accuracy that could not be chance (p = %.3g)".formatted(test.pValue());
        }
        return "version %d is right more often, and that is hardly chance (p = %.3g)%s"
                .formatted(
                        test.onlySecond() > test.onlyFirst() ? second : first,
                        test.pValue(),
                        (ofSecond.balancedAccuracy() - ofFirst.balancedAccuracy())
                                                * (ofSecond.accuracy() - ofFirst.accuracy())
                                        < 0
                                ? "; by balanced accuracy the other one is better"
                                : "");
    }
}
