package io.lossforge.training;

/**
 * One measured value.
 *
 * @param split {@code train}, {@code validation} or {@code test}
 * @param name such as {@code loss}, {@code balancedAccuracy}, {@code imagesPerSecond}; rates are 0–1
 * @param epoch from 1
 * @param step optimizer steps taken so far
 */
public record MetricPoint(String split, String name, int epoch, long step, double value) {}
