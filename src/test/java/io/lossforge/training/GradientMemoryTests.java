package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.lossforge.loss.LossContext;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's arrays made from Java numbers are views of Java's memory. {@code array.mul(30f)} makes one and lets go of it at once, while the gradient
 * still needs it: if that memory is collected and used again between the two passes, the gradient is wrong and nothing tells.
 */
class GradientMemoryTests {

    private static final int CLASSES = 3;
    private static final Shape FEATURES = new Shape(4);
    private static final int SENTINEL = 1 << 20;
    private static final int OVERWRITTEN = 20_000;

    @BeforeAll
    static void prepareThread() {
        Libtorch.prepareThread(1);
    }

    static Collection<String> losses() {
        return Catalogues.LOSSES.names();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientIsTheSameAfterACollectionBetweenThePasses(String loss) {
        var network = "{'dataset':'none','architecture':{'name':'mlp'},'loss':{'name':'%s'}}".formatted(loss);
        var spec = Catalogues.JSON.read(TrainingSpec.class, JsonMapper.shared().readTree(network.replace('\'', '"')));

        assertThat(gradients(spec, GradientMemoryTests::collectAndOverwrite))
                .usingRecursiveComparison()
                .isEqualTo(gradients(spec, () -> {}));
    }

    private static List<float[]> gradients(TrainingSpec spec, Runnable betweenThePasses) {
        var engine = Engine.getInstance();
        engine.setRandomSeed(1);
        try (var manager = engine.newBaseManager(Device.cpu())) {
            Block block = spec.network(FEATURES, CLASSES).newBlock();
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(FEATURES));
            var objective = spec.objective(new LossContext(manager, new long[] {5, 3, 1}));
            var inputs = manager.randomNormal(new Shape(6).addAll(FEATURES));
            var labels = manager.create(new long[] {0, 0, 0, 1, 1, 2});
            try (var collector = engine.newGradientCollector()) {
                var logits = block.forward(new ParameterStore(manager, false), new NDList(inputs), true)
                        .singletonOrThrow();
                var value = objective.evaluate(logits, labels, null);
                betweenThePasses.run();
                collector.backward(value);
            }
            return block.getParameters().values().stream()
                    .map(parameter -> parameter.getArray().getGradient().toFloatArray())
                    .toList();
        }
    }

    private static void collectAndOverwrite() {
        var direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        ByteBuffer.allocateDirect(SENTINEL);
        long before = direct.getMemoryUsed();
        await().until(() -> {
            System.gc();
            return direct.getMemoryUsed() <= before - SENTINEL;
        });
        var overwritten = new ArrayList<ByteBuffer>();
        for (int i = 0; i < OVERWRITTEN; i++) {
            overwritten.add(ByteBuffer.allocateDirect(Float.BYTES).putInt(0, -1));
        }
        assertThat(overwritten).hasSize(OVERWRITTEN);
    }
}
