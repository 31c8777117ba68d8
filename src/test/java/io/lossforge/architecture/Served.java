package io.lossforge.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** An ONNX file in ONNX Runtime, as anyone would run it. */
final class Served implements AutoCloseable {

    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;

    Served(Path file) throws OrtException {
        this(file, OptLevel.ALL_OPT);
    }

    Served(Path file, OptLevel optimisation) throws OrtException {
        options.setIntraOpNumThreads(1);
        options.setOptimizationLevel(optimisation);
        session = ENVIRONMENT.createSession(file.toString(), options);
    }

    OrtSession session() {
        return session;
    }

    /** @return one row per sample */
    float[][] logits(NDArray raw) throws OrtException {
        return run(raw, "logits");
    }

    /** @return one row per sample */
    float[][] probabilities(NDArray raw) throws OrtException {
        return run(raw, "probabilities");
    }

    private float[][] run(NDArray raw, String output) throws OrtException {
        try (var input = tensor(raw);
                var result = session.run(Map.of("input", input))) {
            return (float[][]) result.get(output).orElseThrow().getValue();
        }
    }

    private static OnnxTensor tensor(NDArray raw) throws OrtException {
        var shape = raw.getShape().getShape();
        return raw.getDataType() == DataType.UINT8
                ? OnnxTensor.createTensor(ENVIRONMENT, raw.toByteBuffer(), shape, OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(raw.toFloatArray()), shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
        options.close();
    }
}
