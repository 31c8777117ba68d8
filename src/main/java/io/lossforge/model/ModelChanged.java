package io.lossforge.model;

/** A model has another version, one fewer, or an alias that points elsewhere; published in the transaction that does it. */
public record ModelChanged(String model) {}
