package io.lossforge.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTests {

    @TempDir
    Path directory;

    @Test
    void writesWhatItComputes() throws IOException, OrtException {
        var network = new Mlp(List.of(8, 4)).network(new Shape(5), 3);
        var file = directory.resolve("mlp.onnx");
        try (var manager = NDManager.newBaseManager()) {
            var block = network.newBlock();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 5));
            var preprocessing = new Preprocessing(false, 1, new float[] {1, 2, 3, 4, 5}, new float[] {1, 2, 1, 2, 1});
            network.write(file, block, preprocessing, List.of(new Softmax()), Map.of("lossforge.job", "1"));

            var raw = manager.randomNormal(new Shape(3, 5));
            var logits = block.forward(
                            new ParameterStore(manager, false),
                            new NDList(preprocessing.bind(manager).apply(raw)),
                            false)
                    .singletonOrThrow();
            try (var session = OrtEnvironment.getEnvironment().createSession(file.toString());
                    var input = OnnxTensor.createTensor(
                            OrtEnvironment.getEnvironment(), FloatBuffer.wrap(raw.toFloatArray()), new long[] {3, 5});
                    var result = session.run(Map.of("input", input))) {
                var served = (float[][]) result.get("logits").orElseThrow().getValue();
                for (int i = 0; i < 3; i++) {
                    assertThat(served[i])
                            .containsExactly(logits.get(i).toFloatArray(), org.assertj.core.data.Offset.offset(1e-5f));
                }
                assertThat(network.lastBias(block).getName()).isEqualTo("linear3.bias");
            }
        }
    }
}
