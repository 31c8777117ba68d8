package io.lossforge.architecture;

/** Placeholder until the layers land. */
public interface Network {}
