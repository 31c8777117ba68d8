package io.lossforge.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** One array of an optimizer's memory for each parameter, zero at first, kept by the parameter's name. */
final class Moments {

    private final String prefix;
    private final NDManager manager;
    private final Map<String, NDArray> byParameter = new LinkedHashMap<>();

    Moments(String moment, NDManager manager) {
        this.prefix = moment + "/";
        this.manager = manager;
    }

    NDArray of(String parameter, NDArray weight) {
        return byParameter.computeIfAbsent(parameter, name -> manager.zeros(weight.getShape(), weight.getDataType()));
    }

    Map<String, NDArray> state() {
        var state = new LinkedHashMap<String, NDArray>();
        byParameter.forEach((parameter, array) -> state.put(prefix + parameter, array));
        return state;
    }

    /** Takes copies of the entries that are its own. */
    void restore(Map<String, NDArray> state) {
        byParameter.values().forEach(NDArray::close);
        byParameter.clear();
        state.forEach((key, array) -> {
            if (key.startsWith(prefix)) {
                var copy = array.duplicate(); // toDevice would share the memory on one device
                copy.attach(manager);
                byParameter.put(key.substring(prefix.length()), copy);
            }
        });
    }
}
