package io.lossforge.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** What one pass over the validation split measured. Rates are 0–1. */
record Validation(double loss, double accuracy, double balancedAccuracy, double macroF1, double worstClassRecall) {

    static Validation of(double loss, Confusion confusion) {
        return new Validation(
                loss,
                confusion.accuracy(),
                confusion.balancedAccuracy(),
                confusion.macroF1(),
                confusion.worstClassRecall());
    }

    double value(EarlyStopping.Metric metric) {
        return switch (metric) {
            case LOSS -> loss;
            case ACCURACY -> accuracy;
            case BALANCED_ACCURACY -> balancedAccuracy;
            case MACRO_F1 -> macroF1;
            case WORST_CLASS_RECALL -> worstClassRecall;
        };
    }

    /** By name, in order. */
    Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("loss", loss);
        metrics.put("accuracy", accuracy);
        metrics.put("balancedAccuracy", balancedAccuracy);
        metrics.put("macroF1", macroF1);
        metrics.put("worstClassRecall", worstClassRecall);
        return metrics;
    }
}
