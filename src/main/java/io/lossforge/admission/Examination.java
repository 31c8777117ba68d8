package io.lossforge.admission;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnxruntime.OrtException;
import io.lossforge.admission.Declaration.Activation;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The process that looks at a stranger's file, so that the service does not: it may run out of memory or time, or crash in native code, and nothing
 * else does. Reads {@value #DECLARATION} and {@value #UPLOADED} of the working directory; leaves {@value #VERDICT} and, of a file that can
 * be taken, {@value #NORMALISED}.
 */
final class Examination {

    static final String DECLARATION = "declaration.json";
    static final String UPLOADED = "uploaded.onnx";
    static final String NORMALISED = "normalised.onnx";
    static final String VERDICT = "verdict.json";

    /** Holds the name of the {@link Stage} that has begun. */
    static final String STAGE = "stage";

    private static final String LABELS = "lossforge.labels";
    private static final String SERVING = "lossforge.serving";
    private static final int MOST_CLASSES = 10_000;
    private static final int LONGEST_LABEL = 200;
    private static final int LONGEST_PRODUCER = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** How far it came, for who finds it dead. */
    enum Stage {
        READING("it was read"),
        CHECKING("its graph was checked"),
        LOADING("ONNX Runtime loaded it"),
        RUNNING("it ran on samples");

        private final String shown;

        Stage(String shown) {
            this.shown = shown;
        }

        /** As in "while …". */
        String shown() {
            return shown;
        }
    }

    private final Path directory;

    private Examination(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws IOException {
        var directory = Path.of("").toAbsolutePath();
        var declaration = JSON.readValue(directory.resolve(DECLARATION).toFile(), Declaration.class);
        write(directory, of(directory, declaration));
    }

    /** Examines the uploaded file of a directory. */
    static Verdict of(Path directory, Declaration declaration) throws IOException {
        try {
            return new Verdict(new Examination(directory).examine(declaration), null);
        } catch (Refusal e) {
            return new Verdict(null, new Verdict.Refused(e.pointer(), e.detail()));
        } catch (OrtException e) {
            return new Verdict(null, new Verdict.Refused("/file", "can't be run by ONNX Runtime"));
        }
    }

    private static void write(Path directory, Verdict verdict) throws IOException {
        var unfinished = directory.resolve(VERDICT + ".part");
        JSON.writeValue(unfinished.toFile(), verdict);
        Files.move(unfinished, directory.resolve(VERDICT), StandardCopyOption.ATOMIC_MOVE);
    }

    private Verdict.Accepted examine(Declaration declaration) throws IOException, OrtException {
        begin(Stage.READING);
        var file = UploadedFile.read(directory.resolve(UPLOADED));
        begin(Stage.CHECKING);
        var labels = labels(file, declaration);
        var said = declaration.with(labels, activation(file, declaration));
        var input = FileInput.of(file.getGraph(), said);
        var outputs = Outputs.of(file.getGraph(), said, labels.size());
        var checked = GraphCheck.check(file.getGraph(), input.name(), outputs.names());
        var kind = input.isImages() ? "images" : "features";
        var transform = outputs.columns() == 1 ? Activation.SOFTMAX : activation(file, declaration);
        var findings = findings(file, checked, input);
        var normalised = Normalisation.of(
                file,
                checked,
                input,
                outputs,
                said,
                labels.size(),
                Map.of(
                        LABELS,
                        JSON.writeValueAsString(labels),
                        "lossforge.input",
                        JSON.writeValueAsString(Map.of("kind", kind, "shape", input.shape())),
                        SERVING,
                        transform.json()));
        try (var stream = new BufferedOutputStream(Files.newOutputStream(directory.resolve(NORMALISED)))) {
            normalised.writeTo(stream);
        }
        begin(Stage.LOADING);
        try (var trial = new Trial(directory.resolve(NORMALISED), input, labels.size(), said)) {
            begin(Stage.RUNNING);
            trial.run();
        }
        return new Verdict.Accepted(labels, kind, input.shape(), transform.json(), findings);
    }

    private void begin(Stage stage) throws IOException {
        Files.writeString(directory.resolve(STAGE), stage.name());
    }

    private static List<String> labels(ModelProto file, Declaration said) {
        var labels = said.labels().isEmpty() ? ownLabels(file) : said.labels();
        if (labels.size() < 2 || labels.size() > MOST_CLASSES) {
            throw new Refusal("/labels", "must be 2 to %d, was %d".formatted(MOST_CLASSES, labels.size()));
        }
        var seen = new HashSet<String>();
        for (var label : labels) {
            if (label == null || label.isBlank() || label.length() > LONGEST_LABEL) {
                throw new Refusal("/labels", "each must have 1 to %d characters, one has not".formatted(LONGEST_LABEL));
            }
            if (!seen.add(label)) {
                throw new Refusal("/labels", "has %s twice".formatted(Refusal.named(label)));
            }
        }
        return labels;
    }

    /** Those that an artefact of this service has in its metadata. */
    private static List<String> ownLabels(ModelProto file) {
        var own = metadata(file, LABELS);
        if (own != null) {
            try {
                return new ArrayList<>(JSON.readValue(own, new TypeReference<List<String>>() {}));
            } catch (JacksonException e) {
                // then they are not there
            }
        }
        throw new Refusal(
                "/labels",
                "is required: the names of the classes in the order of the output, as a JSON array or one per line; only files"
                        + " downloaded from such a service have them inside");
    }

    private static Activation activation(ModelProto file, Declaration said) {
        if (said.activation() != null) {
            return said.activation();
        }
        return Activation.SIGMOID.json().equals(metadata(file, SERVING)) ? Activation.SIGMOID : Activation.SOFTMAX;
    }

    private static @Nullable String metadata(ModelProto file, String key) {
        return file.getMetadataPropsList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst()
                .orElse(null);
    }

    private static Findings findings(ModelProto file, GraphCheck.Checked checked, FileInput input) {
        var producer = (file.getProducerName() + " " + file.getProducerVersion())
                .strip()
                .replaceAll("\\p{Cntrl}", "");
        return new Findings(
                producer.substring(0, Math.min(producer.length(), LONGEST_PRODUCER)),
                file.getIrVersion(),
                namedSets(file),
                List.copyOf(checked.operators()),
                checked.count(),
                checked.parameters(),
                input.fixedBatch());
    }

    private static TreeMap<String, Long> namedSets(ModelProto file) {
        var sets = UploadedFile.operatorSets(file);
        var named = new TreeMap<String, Long>();
        sets.forEach((domain, version) -> named.put(domain.isEmpty() ? Operators.STANDARD : domain, version));
        return named;
    }
}
