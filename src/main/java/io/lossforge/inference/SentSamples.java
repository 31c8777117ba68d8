package io.lossforge.inference;

import io.lossforge.training.MalformedDataset;
import io.lossforge.training.NpyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pictures that were sent with a job: {@value #INPUTS}, uint8 {@code [samples, channels, height, width]}, and in {@value #NAMES} a line
 * {@code {"file":…,"label":…}} for each, without a label where it is not known.
 */
final class SentSamples implements Samples {

    static final String SPLIT = "upload";
    static final String INPUTS = "inputs.npy";
    static final String NAMES = "samples.jsonl";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final NpyFile inputs;
    private final List<Integer> shape;
    private final BufferedReader names;
    private int next;

    private SentSamples(NpyFile inputs, BufferedReader names) {
        this.inputs = inputs;
        this.names = names;
        shape = Arrays.stream(inputs.shape()).skip(1).mapToObj(Math::toIntExact).toList();
    }

    static SentSamples open(Path directory) throws IOException {
        return new SentSamples(
                NpyFile.open(directory.resolve(INPUTS), NpyFile.Type.UINT8),
                Files.newBufferedReader(directory.resolve(NAMES)));
    }

    @Override
    public int count() {
        return Math.toIntExact(inputs.shape()[0]);
    }

    @Override
    public boolean pixels() {
        return true;
    }

    @Override
    public List<Integer> shape() {
        return shape;
    }

    @Override
    public int bytes() {
        return inputs.rowBytes();
    }

    @Override
    public void read(int sample, ByteBuffer target, int offset) {
        inputs.read(sample, target, offset);
    }

    @Override
    public Known next() throws IOException {
        var line = names.readLine();
        if (line == null) {
            throw new MalformedDataset(NAMES, "ends before sample %d".formatted(next));
        }
        try {
            var sample = JSON.readTree(line);
            return new Known(
                    null,
                    next++,
                    sample.path("file").asString(""),
                    sample.hasNonNull("label") ? sample.path("label").asString("") : null);
        } catch (JacksonException e) {
            throw new MalformedDataset(NAMES, "line %d is no JSON".formatted(next + 1));
        }
    }

    @Override
    public void close() throws IOException {
        names.close();
    }
}
