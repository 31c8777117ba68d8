package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a network by name: those that are trained, and the running statistics beside them. */
final class Weights {

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    Weights(Block block) {
        block.getParameters().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
    }

    /** Those that the optimizer changes. */
    List<Map.Entry<String, Parameter>> trained() {
        return parameters.entrySet().stream()
                .filter(entry -> entry.getValue().requiresGradient())
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** All arrays themselves, by name, in the order of the layers. */
    Map<String, NDArray> arrays() {
        var arrays = new LinkedHashMap<String, NDArray>();
        parameters.forEach((name, parameter) -> arrays.put(name, parameter.getArray()));
        return arrays;
    }

    /** Copies of arrays, by the same names. */
    static Map<String, NDArray> copies(Map<String, NDArray> arrays, NDManager manager) {
        var copies = new LinkedHashMap<String, NDArray>();
        arrays.forEach((name, array) -> {
            var copy = array.duplicate();
            copy.attach(manager);
            copies.put(name, copy);
        });
        return copies;
    }

    /**
     * Puts copies of the given arrays in place of the present values.
     *
     * @throws IllegalArgumentException if they are not as many, named and shaped as the parameters
     */
    void restore(Map<String, NDArray> arrays) {
        if (!arrays.keySet().equals(parameters.keySet())) {
            throw new IllegalArgumentException("weights of another network");
        }
        parameters.forEach((name, parameter) -> {
            var given = arrays.get(name);
            if (given == null || !given.getShape().equals(parameter.getArray().getShape())) {
                throw new IllegalArgumentException("weights of another network: " + name);
            }
            parameter.getArray().intern(given.duplicate());
            parameter.getArray().setRequiresGradient(parameter.requiresGradient());
        });
    }

    /** SHA-256 over names, shapes and values of all arrays, in the order of the layers; hex. */
    String sha256() {
        var digest = Digests.sha256();
        arrays().forEach((name, array) -> {
            digest.update((name + array.getShape() + '\n').getBytes(StandardCharsets.UTF_8));
            digest.update(bytes(array));
        });
        return Digests.hex(digest);
    }

    /** The values in memory of the host. What copying from a device leaves behind is freed at once, not with the array's manager. */
    static ByteBuffer bytes(NDArray array) {
        try (var scope = array.getManager().newSubManager()) {
            var copy = array.duplicate();
            copy.attach(scope);
            return copy.toByteBuffer();
        }
    }
}
