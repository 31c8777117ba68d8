package io.lossforge.training;

import io.lossforge.architecture.Layer;
import io.lossforge.architecture.Shift;
import io.lossforge.architecture.Sigmoid;
import io.lossforge.architecture.Softmax;
import io.lossforge.architecture.TemperedSoftmax;
import io.lossforge.catalogue.Catalogue;
import io.lossforge.loss.LogitAdjustment;
import io.lossforge.loss.ServingTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ONNX file that a job leaves, with all that serving needs to know in its metadata: {@code lossforge.labels} (JSON array),
 * {@code lossforge.input} (JSON {@code {"kind":…,"shape":[…]}}), {@code lossforge.serving} ({@code softmax}, {@code sigmoid} or {@code temperedSoftmax}, then with
 * {@code lossforge.servingTemperature}), {@code lossforge.job}, {@code lossforge.dataset}, {@code lossforge.loss} and {@code lossforge.spec} (JSON). With logit adjustment
 * {@code lossforge.logitAdjustment} (JSON {@code {"tau":…,"shift":[…]}}): the output {@code probabilities} is of {@code logits − shift}, the output {@code logits} is not adjusted.
 */
record Artefact(String file, String sha256, long bytes) {

    static final String FILE = "model.onnx";

    /** Key of the metadata that has the names of the classes as a JSON array, in the order of the logits. */
    static final String LABELS = "lossforge.labels";

    static Artefact write(Setup setup, Learner learner, Path directory) throws IOException {
        var file = directory.resolve(FILE);
        setup.network().write(file, learner.block(), setup.preprocessing(), serving(setup), metadata(setup));
        return new Artefact(FILE, Digests.sha256(file), Files.size(file));
    }

    private static List<Layer> serving(Setup setup) {
        var transform = layer(setup.spec().loss().servingTransform());
        var adjustment = setup.spec().logitAdjustment();
        return adjustment == null
                ? List.of(transform)
                : List.of(new Shift(adjustment.shift(setup.trainingCounts())), transform);
    }

    private static Layer layer(ServingTransform transform) {
        return switch (transform.kind()) {
            case SOFTMAX -> new Softmax();
            case SIGMOID -> new Sigmoid();
            case TEMPERED_SOFTMAX -> new TemperedSoftmax(transform.temperature());
        };
    }

    /** In a fixed order, so that equal jobs give equal bytes. */
    private static Map<String, String> metadata(Setup setup) {
        var spec = setup.spec();
        var dataset = setup.dataset();
        var serving = spec.loss().servingTransform();
        var json = JsonMapper.shared();
        var input = json.createObjectNode();
        input.put("kind", dataset.kind().json());
        input.set("shape", json.valueToTree(dataset.shape()));
        var metadata = new LinkedHashMap<String, String>();
        metadata.put(LABELS, json.writeValueAsString(dataset.classes()));
        metadata.put("lossforge.input", input.toString());
        metadata.put("lossforge.serving", serving.kind().json());
        if (serving.kind() == ServingTransform.Kind.TEMPERED_SOFTMAX) {
            metadata.put("lossforge.servingTemperature", Double.toString(serving.temperature()));
        }
        if (spec.logitAdjustment() != null) {
            metadata.put("lossforge.logitAdjustment", logitAdjustment(setup, spec.logitAdjustment()));
        }
        metadata.put("lossforge.job", setup.run().job());
        metadata.put("lossforge.dataset", spec.dataset());
        metadata.put("lossforge.loss", Catalogue.nameOf(spec.loss()));
        metadata.put("lossforge.spec", Catalogues.JSON.write(spec).toString());
        return metadata;
    }

    private static String logitAdjustment(Setup setup, LogitAdjustment adjustment) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("tau", adjustment.tau());
        json.set("shift", JsonMapper.shared().valueToTree(adjustment.shift(setup.trainingCounts())));
        return json.toString();
    }
}
