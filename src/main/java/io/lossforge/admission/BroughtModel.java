package io.lossforge.admission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a version came from that was trained elsewhere.
 *
 * @param fileName as it was sent; null if it had none
 * @param fileSha256 of the file as it was sent, not of the artefact that became of it
 * @param declaration what was said about the file
 * @param broughtBy who sent it; null without API keys
 */
public record BroughtModel(
        @Nullable String fileName,
        String fileSha256,
        long fileBytes,
        ObjectNode declaration,
        Findings findings,
        @Nullable String broughtBy,
        Instant broughtAt) {}
