package io.lossforge.job;

import java.util.UUID;

/** Somebody asked something of the job, such as to end it: a hint within this process. */
public record JobChanged(UUID job) {}
