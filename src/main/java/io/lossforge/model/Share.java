package io.lossforge.model;

/** A version's part of an alias's traffic: {@code weight} over the sum of weights. */
record Share(int version, int weight) {}
