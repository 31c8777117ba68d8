package io.lossforge.drift;

import io.lossforge.analysis.Bins;
import io.lossforge.analysis.DriftReference;
import io.lossforge.analysis.InputSummary;
import io.lossforge.model.ModelVersion;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What this server saw of a version since it was last {@link #take}n, of as many samples as its {@link Allowance} lets it look at. Safe for many threads. */
final class Watched {

    private final ModelVersion version;
    private final DriftReference reference;
    private final Bins[] bins;
    private final @Nullable InputSummary summary;
    private final int classes;

    private final Allowance allowance = new Allowance(System.nanoTime());

    private Window seen;

    Watched(ModelVersion version, DriftReference reference) {
        this.version = version;
        this.reference = reference;
        bins = reference.inputs().stream().map(DriftReference.Input::bins).toArray(Bins[]::new);
        classes = version.classes().size();
        summary = bins.length == 0 ? null : InputSummary.of(version.inputKind().equals("images"), version.inputShape());
        seen = Window.empty(reference, classes);
    }

    ModelVersion version() {
        return version;
    }

    DriftReference reference() {
        return reference;
    }

    /**
     * Sees what a request asked and got.
     *
     * @param memory {@code [samples, …]} from its index 0 on
     * @param probabilities {@code [samples][classes]} in one array
     */
    void see(ByteBuffer memory, int samples, float[] probabilities, long now) {
        int looked = allowance.take(samples, now);
        if (looked == 0) {
            return;
        }
        var numbers = new double[bins.length];
        var places = new int[looked][bins.length];
        var sums = new double[2 * bins.length];
        for (int i = 0; i < looked; i++) {
            if (summary == null) {
                break;
            }
            summary.read(memory, at(i, looked, samples), numbers);
            for (int k = 0; k < numbers.length; k++) {
                places[i][k] = bins[k].of(numbers[k]);
                sums[k] += numbers[k];
                sums[bins.length + k] += numbers[k] * numbers[k];
            }
        }
        add(places, sums, samples, probabilities);
    }

    /** Of so many the i-th that is looked at. */
    private static int at(int i, int looked, int samples) {
        return (int) ((long) i * samples / looked);
    }

    private synchronized void add(int[][] places, double[] sums, int samples, float[] probabilities) {
        for (int i = 0; i < places.length; i++) {
            int first = 0;
            for (int k = 0; k < bins.length; k++) {
                seen.inputCounts()[first + places[i][k]]++;
                first += bins[k].count();
            }
            addPrediction(probabilities, at(i, places.length, samples) * classes);
        }
        for (int k = 0; k < sums.length; k++) {
            seen.inputSums()[k] += sums[k];
        }
        seen = new Window(
                seen.samples() + places.length,
                seen.inputCounts(),
                seen.inputSums(),
                seen.predicted(),
                seen.probabilities());
    }

    private void addPrediction(float[] probabilities, int first) {
        int best = 0;
        for (int k = 0; k < classes; k++) {
            seen.probabilities()[k] += probabilities[first + k];
            if (probabilities[first + k] > probabilities[first + best]) {
                best = k;
            }
        }
        seen.predicted()[best]++;
    }

    /** What was seen, and begins anew; null if that is nothing. */
    synchronized @Nullable Window take() {
        if (seen.samples() == 0) {
            return null;
        }
        var taken = seen;
        seen = Window.empty(reference, classes);
        return taken;
    }

    /** Counts again what could not be stored. */
    synchronized void giveBack(Window taken) {
        seen = seen.plus(taken);
    }
}
