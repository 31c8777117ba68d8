package io.lossforge.inference;

import io.lossforge.loss.ServingTransform;
import io.lossforge.training.Evaluation;
import io.lossforge.training.Predictions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How right the predictions are, as long as the true class of every sample is one of the model's. */
final class Measures {

    private static final String CORRECT = "correct.bits";

    /** What the logarithm of a probability that rounded to zero is taken as. */
    private static final float LEAST = (float) Math.log(Float.MIN_VALUE);

    private final Map<String, Integer> positions = new HashMap<>();
    private final Predictions predictions;
    private final BitSet correct = new BitSet();
    private final int classes;
    private int count;
    private boolean known = true;

    Measures(ServingTransform serving, List<String> classes, int samples) {
        this.classes = classes.size();
        classes.forEach(name -> positions.putIfAbsent(name, positions.size()));
        predictions = new Predictions(serving, classes, samples);
    }

    /**
     * Takes the next sample.
     *
     * @param scores of its batch, of which its own begin at {@code offset}
     * @param predicted position of the class predicted
     */
    void add(@Nullable String label, Scores scores, int offset, int predicted) {
        var position = label == null ? null : positions.get(label);
        if (!known || position == null) {
            known = false;
            return;
        }
        var logits = scores.logits();
        if (logits == null) {
            predictions.add(logarithms(scores.probabilities(), offset), 0, position);
        } else {
            predictions.add(logits, offset, position);
        }
        correct.set(count++, predicted == position);
    }

    private float[] logarithms(float[] probabilities, int offset) {
        var logarithms = new float[classes];
        for (int k = 0; k < classes; k++) {
            logarithms[k] = Math.max(LEAST, (float) Math.log(probabilities[offset + k]));
        }
        return logarithms;
    }

    /** Null if there was no sample, or one whose class is not known. */
    @Nullable Evaluation evaluation(String split) {
        return known && count > 0 ? predictions.evaluation(split) : null;
    }

    /** Writes which samples are right. */
    String writeCorrect(Path directory) throws IOException {
        Files.write(directory.resolve(CORRECT), correct.toByteArray());
        return CORRECT;
    }
}
