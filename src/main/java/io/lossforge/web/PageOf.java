package io.lossforge.web;

import java.util.List;

/**
 * Rows of a page.
 *
 * @param nextPageToken where the next page goes on; empty at the end
 */
public record PageOf<T>(List<T> rows, String nextPageToken) {}
