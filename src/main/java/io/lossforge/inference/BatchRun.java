package io.lossforge.inference;

import ai.onnxruntime.OrtException;
import io.lossforge.training.Interruption;
import io.lossforge.training.Predictions;
import io.lossforge.training.TrainerCommand;
import io.lossforge.training.TrainerEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * One batch prediction: batches of samples run side by side, each in a thread of its own, and their rows are written in order. However many
 * samples there are, only a few batches are in memory, and 8 bytes per sample and class of the first 16.7 million for the ranking measures.
 * The batches are the same whenever it runs, so that another attempt gives the same bytes on the same kind of processor.
 */
final class BatchRun {

    /** More samples of a small network in a run are no faster. */
    private static final int LARGEST_BATCH = 64;

    private static final int BATCH_ELEMENTS = 1 << 20;
    private static final long PROGRESS_NANOS = 1_000_000_000;

    private final TrainerCommand.Predict job;
    private final Consumer<TrainerEvent> events;
    private final Interruption interruption;
    private final Rows rows;
    private final Path output;
    private long startedAt;
    private long toldAt;

    BatchRun(TrainerCommand.Predict job, Consumer<TrainerEvent> events, Interruption interruption) {
        this.job = job;
        this.events = events;
        this.interruption = interruption;
        this.output = Path.of(job.output());
        rows = Rows.of(
                job.format(),
                job.classes(),
                Math.min(job.topK(), job.classes().size()),
                job.probabilities(),
                job.split().equals(SentSamples.SPLIT));
    }

    /** @return {@link TrainerEvent.Predicted}, or {@link TrainerEvent.Stopped} if somebody wanted it to end before */
    TrainerEvent run() throws IOException, OrtException {
        try (var samples = Samples.open(Path.of(job.samples()), job.split());
                var network = Network.open(Path.of(job.model()), job.classes().size(), samples)) {
            var measures = new Measures(network.serving(), job.classes(), samples.count());
            int batch = batchSize(samples);
            events.accept(new TrainerEvent.Predicting("ONNX Runtime", job.threads(), samples.count(), batch));
            startedAt = System.nanoTime();
            try (var result = new ResultFile(output.resolve("result." + job.format() + ".gz"))) {
                result.write(rows.head());
                if (!predict(samples, network, batch, measures, result)) {
                    return new TrainerEvent.Stopped(null);
                }
                var evaluation = measures.evaluation(job.split());
                return new TrainerEvent.Predicted(
                        result.finish(),
                        samples.count(),
                        evaluation,
                        evaluation == null ? null : measures.writeCorrect(output));
            }
        }
    }

    private static int batchSize(Samples samples) {
        int elements = samples.shape().stream().reduce(1, Math::multiplyExact);
        return Math.max(1, Math.min(LARGEST_BATCH, BATCH_ELEMENTS / elements));
    }

    /** Keeps as many batches under way that no thread waits while rows are written. */
    private boolean predict(Samples samples, Network network, int batch, Measures measures, ResultFile result)
            throws IOException, OrtException {
        var threads = Executors.newFixedThreadPool(job.threads());
        var memory = ThreadLocal.withInitial(
                () -> ByteBuffer.allocateDirect(batch * samples.bytes()).order(ByteOrder.nativeOrder()));
        try {
            var underWay = new ArrayDeque<Future<Scores>>();
            int count = samples.count();
            int submitted = 0;
            int done = 0;
            while (done < count) {
                while (submitted < count && underWay.size() < 2 * job.threads() + 1) {
                    int first = submitted;
                    int size = Math.min(batch, count - first);
                    underWay.add(threads.submit(() -> scores(samples, network, memory.get(), first, size)));
                    submitted += size;
                }
                if (interruption.wanted()) {
                    return false;
                }
                var scores = taken(underWay.remove());
                write(scores, samples, measures, result);
                done += scores.samples();
                tell(done, count, batch);
            }
            return true;
        } finally {
            end(threads);
        }
    }

    private static Scores scores(Samples samples, Network network, ByteBuffer memory, int first, int size)
            throws OrtException {
        memory.clear();
        for (int i = 0; i < size; i++) {
            samples.read(first + i, memory, i * samples.bytes());
        }
        return network.run(memory.limit(size * samples.bytes()), size, samples);
    }

    private static Scores taken(Future<Scores> scores) throws OrtException {
        try {
            return scores.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OrtException failed) {
                throw failed;
            }
            if (e.getCause() instanceof Error failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The network must not be closed while it runs. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Scores scores, Samples samples, Measures measures, ResultFile result) throws IOException {
        int classes = job.classes().size();
        int named = Math.min(job.topK(), classes);
        var text = new StringBuilder();
        for (int i = 0; i < scores.samples(); i++) {
            int offset = i * classes;
            var sample = samples.next();
            var likeliest = likeliest(scores.ranking(), offset, classes, named);
            rows.append(text, sample, scores.probabilities(), offset, likeliest);
            measures.add(sample.label(), scores, offset, likeliest[0]);
        }
        result.write(text);
    }

    /** Positions of the classes with the greatest scores, falling; of equal ones the first. */
    static int[] likeliest(float[] scores, int offset, int classes, int most) {
        var best = new int[most];
        if (most == 1) {
            best[0] = Predictions.argMax(scores, offset, classes);
            return best;
        }
        int found = 0;
        for (int k = 0; k < classes; k++) {
            int place = found;
            while (place > 0 && scores[offset + k] > scores[offset + best[place - 1]]) {
                place--;
            }
            if (place < most) {
                int last = Math.min(found, most - 1);
                System.arraycopy(best, place, best, place + 1, last - place);
                best[place] = k;
                found = Math.min(found + 1, most);
            }
        }
        return best;
    }

    /** After the first batch, then once a second. */
    private void tell(int done, int count, int batch) {
        long now = System.nanoTime();
        if (toldAt != 0 && now - toldAt < PROGRESS_NANOS) {
            return;
        }
        toldAt = now;
        double perSecond = done / ((now - startedAt) / 1e9);
        events.accept(new TrainerEvent.Progress(
                1,
                1,
                (done + batch - 1) / batch,
                (count + batch - 1) / batch,
                done / (double) count,
                perSecond,
                (count - done) / perSecond));
    }
}
