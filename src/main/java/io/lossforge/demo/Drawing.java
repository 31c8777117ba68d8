package io.lossforge.demo;

import tools.jackson.databind.JsonNode;

/** A grey image as text. */
final class Drawing {

    private static final String SHADES = " .:-=+*#%@";

    private Drawing() {}

    /**
     * Draws the first channel.
     *
     * @param pixels {@code [channels][height][width]}, 0–255
     */
    static String of(JsonNode pixels) {
        var drawing = new StringBuilder();
        for (var row : pixels.get(0)) {
            drawing.append("    ");
            for (var pixel : row) {
                var shade = SHADES.charAt((int) Math.round(pixel.asDouble() / 255 * (SHADES.length() - 1)));
                drawing.append(shade).append(shade);
            }
            drawing.append(System.lineSeparator());
        }
        return drawing.toString();
    }
}
