package io.lossforge.admission;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A program that has ONNX Runtime and nothing else: runs a file on pixels, and writes what comes out. */
final class AnotherRuntime {

    private AnotherRuntime() {}

    /** @param arguments model, pixels, where scores go, and the shape of the batch */
    public static void main(String[] arguments) throws Exception {
        var pixels = Files.readAllBytes(Path.of(arguments[1]));
        var shape = Arrays.stream(arguments).skip(3).mapToLong(Long::parseLong).toArray();
        var memory = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
        var environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(arguments[0]);
                var input = OnnxTensor.createTensor(environment, memory, shape, OnnxJavaType.UINT8);
                var results = session.run(Map.of("input", input));
                var scores = new DataOutputStream(new FileOutputStream(arguments[2]))) {
            for (var output : new String[] {"logits", "probabilities"}) {
                for (var row : (float[][]) results.get(output).orElseThrow().getValue()) {
                    for (float score : row) {
                        scores.writeFloat(score);
                    }
                }
            }
        }
    }
}
