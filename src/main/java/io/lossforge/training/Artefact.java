package io.lossforge.training;

import io.lossforge.architecture.Layer;
import io.lossforge.architecture.Sigmoid;
import io.lossforge.architecture.Softmax;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.loss.ServingTransform;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ONNX file that a job leaves, with all that serving needs to know in its metadata: {@code lossforge.labels} (JSON array),
 * {@code lossforge.input} (JSON {@code {"kind":…,"shape":[…]}}), {@code lossforge.serving}, {@code lossforge.job}, {@code lossforge.dataset},
 * {@code lossforge.loss} and {@code lossforge.spec} (JSON).
 */
record Artefact(String file, String sha256, long bytes) {

    static final String FILE = "model.onnx";

    static Artefact write(Setup setup, Learner learner, Path directory) throws IOException {
        var file = directory.resolve(FILE);
        setup.network()
                .write(
                        file,
                        learner.block(),
                        setup.preprocessing(),
                        serving(setup.spec().loss().servingTransform()),
                        metadata(setup.run().job(), setup.spec(), setup.dataset()));
        return new Artefact(FILE, sha256(file), Files.size(file));
    }

    private static List<Layer> serving(ServingTransform transform) {
        return switch (transform) {
            case SOFTMAX -> List.of(new Softmax());
            case SIGMOID -> List.of(new Sigmoid());
        };
    }

    /** In a fixed order, so that equal jobs give equal bytes. */
    private static Map<String, String> metadata(String job, TrainingSpec spec, PackedDataset dataset) {
        var json = JsonMapper.shared();
        var input = json.createObjectNode();
        input.put("kind", dataset.kind().json());
        input.set("shape", json.valueToTree(dataset.shape()));
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("lossforge.labels", json.writeValueAsString(dataset.classes()));
        metadata.put("lossforge.input", input.toString());
        metadata.put("lossforge.serving", spec.loss().servingTransform().name().toLowerCase(Locale.ROOT));
        metadata.put("lossforge.job", job);
        metadata.put("lossforge.dataset", spec.dataset());
        metadata.put("lossforge.loss", Catalogue.nameOf(spec.loss()));
        metadata.put("lossforge.spec", Catalogues.JSON.write(spec).toString());
        return metadata;
    }

    private static String sha256(Path file) throws IOException {
        var digest = Digests.sha256();
        try (var bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
            bytes.transferTo(OutputStream.nullOutputStream());
        }
        return Digests.hex(digest);
    }
}
