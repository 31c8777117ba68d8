package io.lossforge.job;

import java.util.UUID;

/** Something new is stored about the job: a hint within this process, for whoever watches it. */
public record JobStored(UUID job) {}
