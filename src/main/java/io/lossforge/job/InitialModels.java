package io.lossforge.job;

import io.lossforge.web.ApiException;

/** Finds the model versions that jobs start from. Said by the module that has the models. */
public interface InitialModels {

    /**
     * The version that a reference means now. Nobody deletes it before the caller's transaction ends.
     *
     * @param reference {@code name}, {@code name@alias} or {@code name:version}
     * @throws ApiException whose detail says why there is none, or why it can't be started from
     */
    InitialModel resolve(String reference);
}
