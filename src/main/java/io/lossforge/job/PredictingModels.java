package io.lossforge.job;

/** Finds the model versions that jobs run. Said by the module that has the models. */
public interface PredictingModels {

    /**
     * The version that a reference means now. Nobody deletes it before the caller's transaction ends.
     *
     * @param reference {@code name}, {@code name@alias} or {@code name:version}
     * @throws io.lossforge.web.ApiException 404 if there is none
     */
    PredictingModel predicting(String reference);
}
