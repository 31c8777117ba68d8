package io.lossforge.demo;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** A grey image as text. */
final class Drawing {

    private static final String SHADES = " .:-=+*#%@";

    private Drawing() {}

    /**
     * Draws the first channel of each, side by side.
     *
     * @param images {@code [channels][height][width]} of one size, 0–255
     */
    static String of(List<JsonNode> images) {
        var drawing = new StringBuilder();
        for (int row = 0; row < images.get(0).get(0).size(); row++) {
            for (var image : images) {
                drawing.append("    ");
                for (var pixel : image.get(0).get(row)) {
                    var shade = SHADES.charAt((int) Math.round(pixel.asDouble() / 255 * (SHADES.length() - 1)));
                    drawing.append(shade).append(shade);
                }
            }
            drawing.append(System.lineSeparator());
        }
        return drawing.toString();
    }
}
