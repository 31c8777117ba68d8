package io.lossforge.loss;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.lossforge.catalogue.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a loss keeps after a step: nothing, for each loss of the catalogue. */
class LossMemoryTests {

    private static Stream<LossFunction> losses() {
        var losses = Catalogue.of("loss", LossFunction.class);
        return losses.names().stream().map(losses::create);
    }

    /** An array has 100 KiB and a step more than ten of them: kept over 500 steps they would show in the process, whoever held them. */
    @ParameterizedTest
    @MethodSource("losses")
    void leavesNothingBehindAfterAStep(LossFunction loss) throws IOException {
        assertKeepsNothing(loss, Batch.random(10, 256, 100), 500);
    }

    /** An array has 500 KiB here, so that fewer steps show as much. A loss may go another way than with fewer classes: {@code lgl-inr} does. */
    @ParameterizedTest
    @MethodSource("losses")
    void leavesNothingBehindAfterAStepOfFewSamplesAndManyClasses(LossFunction loss) throws IOException {
        assertKeepsNothing(loss, Batch.random(10, 128, 1000), 100);
    }

    private static void assertKeepsNothing(LossFunction loss, Batch batch, int steps) throws IOException {
        try (var data = NDManager.newBaseManager();
                var job = NDManager.newBaseManager()) {
            var logits = batch.logits(data, DataType.FLOAT32);
            var labels = data.create(batch.labels());
            var objective = loss.bind(new LossContext(job, batch.trainingCounts()));
            steps(job, objective, logits, labels, steps / 5);
            int jobArrays = job.getManagedArrays().size();
            int dataArrays = data.getManagedArrays().size();
            long before = residentKilobytes();

            steps(job, objective, logits, labels, steps);

            assertThat(job.getManagedArrays()).hasSize(jobArrays);
            assertThat(data.getManagedArrays()).hasSize(dataArrays);
            assertThat(residentKilobytes() - before).isLessThan(150 * 1024);
        }
    }

    private static void steps(NDManager job, Objective objective, NDArray logits, NDArray labels, int steps) {
        for (int s = 0; s < steps; s++) {
            try (var step = job.newSubManager();
                    var collector = Engine.getInstance().newGradientCollector()) {
                var z = logits.duplicate();
                var y = labels.duplicate();
                step.attachAll(z, y);
                z.setRequiresGradient(true);
                collector.backward(objective.evaluate(z, y, null));
            }
        }
    }

    private static long residentKilobytes() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
