package io.lossforge.storage;

/** Blobs can be removed, once the transaction in which this is published is committed. */
public record BlobsReleased() {}
