package io.lossforge.model;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** A version's part of an alias's traffic: {@code weight} over the sum of weights. */
record Share(@Min(1) int version, @Min(1) @Max(10_000) int weight) {}
