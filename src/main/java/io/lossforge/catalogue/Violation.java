package io.lossforge.catalogue;

/**
 * One thing wrong with a document.
 *
 * @param pointer JSON pointer (RFC 6901) to the value, such as {@code /loss/parameters/beta}
 * @param detail what is wrong and what would be right, such as {@code must be >= 0, was -1}
 */
public record Violation(String pointer, String detail) {}
