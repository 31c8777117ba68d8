package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that an exact resume needs: with it the rest of the job gives the bits and the metrics that it would have given without the break,
 * on the same kind of device with the same number of threads. Order, augmentation and schedule are functions of seed and position, so there is
 * no random state to save. On disk it is a safetensors file whose metadata has the position as JSON.
 *
 * @param arrays {@code weights/…} (running statistics included), {@code optimizer/…}, {@code loss/…}, {@code average/…} where weights are
 *     averaged, and {@code best/…} where early stopping watches
 */
record Checkpoint(Position position, Map<String, NDArray> arrays) {

    private static final String POSITION = "lossforge.position";

    /**
     * Where training stands.
     *
     * @param specSha256 hash of what of the specification decides the result
     * @param trainingSha256 hash of the samples trained on
     * @param epoch the running one, from 1; one more than the last when all are done
     * @param stepInEpoch steps of it that are taken
     * @param points metric points measured so far
     * @param means sums of the running epoch
     * @param watch what early stopping knows; null without it
     */
    record Position(
            String specSha256,
            String trainingSha256,
            String device,
            int threads,
            int epoch,
            long stepInEpoch,
            long points,
            EpochMeans.State means,
            ValidationWatch.@Nullable State watch) {}

    /** @param name of the file, from the hash of its bytes */
    SafeTensors.Written write(Path directory, UnaryOperator<String> name) throws IOException {
        var metadata = Map.of(POSITION, JsonMapper.shared().writeValueAsString(position));
        return SafeTensors.write(directory, name, arrays, metadata);
    }

    /** @throws IOException if the file can't be read as one */
    static Checkpoint read(Path file, NDManager manager) throws IOException {
        var content = SafeTensors.read(file, manager);
        try {
            var position = JsonMapper.shared().readValue(content.metadata().getOrDefault(POSITION, ""), Position.class);
            return new Checkpoint(position, content.arrays());
        } catch (JacksonException e) {
            throw new IOException("no checkpoint of this version", e);
        }
    }
}
