package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.lossforge.architecture.OnnxFile;
import io.lossforge.architecture.OnnxFile.Constant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Weights and running statistics that a job starts from in place of new ones: those of a model version, bit by bit. Its last layer is taken over
 * where it tells the same classes apart in the same way; otherwise that layer starts as in a job without an initial model.
 *
 * @param values by name, in the order of the layers; without the last layer where that starts anew
 * @param warning says so; null where all was taken over
 */
record InitialWeights(Map<String, NDArray> values, @Nullable String warning) {

    /**
     * Reads those of the job's initial model.
     *
     * @param present what the network has now
     * @param manager owner of the values
     * @throws TrainingFailure if there is no such file, or it is of another architecture
     */
    static InitialWeights read(Setup setup, Map<String, NDArray> present, NDManager manager) throws IOException {
        var path = setup.run().initialModel();
        if (path == null) {
            throw refused(setup, "is not among the files of this trainer");
        }
        var file = OnnxFile.read(Path.of(path));
        var last = setup.network().lastLayer() + ".";
        boolean keepsLast = classes(file).equals(setup.dataset().classes())
                && present.entrySet().stream()
                        .filter(parameter -> parameter.getKey().startsWith(last))
                        .allMatch(parameter -> fits(file.constants().get(parameter.getKey()), parameter.getValue()));
        var values = new LinkedHashMap<String, NDArray>();
        for (var parameter : present.entrySet()) {
            var name = parameter.getKey();
            if (!keepsLast && name.startsWith(last)) {
                continue;
            }
            var constant = file.constants().get(name);
            if (constant == null || !fits(constant, parameter.getValue())) {
                throw refused(
                        setup,
                        "has no %s of %s: it is of another architecture"
                                .formatted(name, parameter.getValue().getShape()));
            }
            values.put(name, array(constant, manager));
        }
        return new InitialWeights(
                values,
                keepsLast
                        ? null
                        : "the last layer starts anew, since that of %s is of other classes or of another kind"
                                .formatted(setup.spec().initialModel()));
    }

    private static boolean fits(@Nullable Constant constant, NDArray array) {
        return constant != null && constant.shape().equals(array.getShape());
    }

    private static List<String> classes(OnnxFile file) {
        return JsonMapper.shared()
                .readTree(file.metadata().getOrDefault(Artefact.LABELS, "[]"))
                .valueStream()
                .map(label -> label.asString(""))
                .toList();
    }

    private static NDArray array(Constant constant, NDManager manager) {
        var values = ByteBuffer.allocateDirect(constant.values().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        values.put(constant.values().duplicate()).flip();
        try (var view = manager.create(values, constant.shape(), DataType.FLOAT32)) {
            return view.duplicate();
        }
    }

    private static TrainingFailure refused(Setup setup, String why) {
        return new TrainingFailure(
                TrainingFailure.Reason.ERROR,
                "the initial model %s %s".formatted(setup.spec().initialModel(), why),
                null);
    }
}
