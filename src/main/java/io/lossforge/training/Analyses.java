package io.lossforge.training;

import io.lossforge.analysis.Analysis;
import io.lossforge.analysis.LearningProperties;
import io.lossforge.analysis.Training;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The learning-property analysis of a job that is done. */
final class Analyses {

    private Analyses() {}

    /**
     * By split; none where there are too many classes.
     *
     * @param draws of the epoch
     * @param epoch the one whose weights the network has
     */
    static Map<String, Analysis> of(Setup setup, Learner learner, Draws draws, int epoch, Outputs outputs) {
        var classes = setup.dataset().classes();
        var analyses = new LinkedHashMap<String, Analysis>();
        if (classes.size() > LearningProperties.MOST_CLASSES) {
            return analyses;
        }
        var weights = new double[classes.size()];
        var given = setup.classWeights(epoch);
        Arrays.setAll(weights, k -> given == null ? 1 : given[k]);
        var training = new Training(
                setup.spec().loss(),
                classes,
                setup.trainingCounts(),
                weights,
                draws.samples(),
                draws.presence(),
                setup.spec().labelSmoothing(),
                learner.lastBias(),
                learner.logitShift());
        for (var split : outputs.splits()) {
            analyses.put(split.split(), LearningProperties.of(training, split, learner.measuring(), learner.manager()));
        }
        return analyses;
    }
}
