package io.lossforge.job;

import java.util.UUID;

/** The job is being deleted, in the transaction in which this is published: what belongs to it goes in the same one. */
public record JobDeleted(UUID job) {}
