package io.lossforge.model;

import java.time.Instant;

/** A model in sum: how many versions, the newest number, when the first and the last of them were made. */
record ModelRow(String name, long versions, int newestVersion, Instant createdAt, Instant updatedAt) {}
