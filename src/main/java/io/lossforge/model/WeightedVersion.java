package io.lossforge.model;

/** One of the versions that a reference means; its part of the predictions is its weight over the sum of weights. */
public record WeightedVersion(ModelVersion version, int weight) {}
