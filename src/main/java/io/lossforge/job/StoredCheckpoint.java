package io.lossforge.job;

/**
 * A checkpoint of a job in the blob storage.
 *
 * @param key of the blob
 * @param attempt that wrote it
 * @param epoch the running one, from 1; one more than the last when all are done
 * @param step steps taken until it
 * @param progress 0–1
 * @param points metric points measured until it
 * @param sha256 of the blob, hex
 * @param device kind that it was written on, {@code cpu} or {@code gpu}
 * @param threads of the engine that wrote it
 */
public record StoredCheckpoint(
        String key,
        int attempt,
        int epoch,
        long step,
        double progress,
        long points,
        String sha256,
        long bytes,
        String device,
        int threads) {}
