package io.lossforge.experiment;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.jfree.chart.JFreeChart;

/** Charts as elements of an HTML page, in the colour of its text. */
final class Svg {

    /** Stands for the colour of the page's text. */
    static final Color TEXT = new Color(1, 2, 3);

    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    private Svg() {}

    /**
     * The chart as an {@code svg} element that scales with its surroundings.
     *
     * @param id prefix of the ids in it, so that no two plots of a page share one
     * @param description what it shows, for those who do not see it
     */
    static String of(String id, String description, JFreeChart chart, int width, int height) {
        try {
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(NAMESPACE, "svg", null);
            var context = SVGGeneratorContext.createDefault(document);
            context.setComment(null);
            context.setIDGenerator(new SVGIDGenerator() {
                @Override
                public String generateID(String prefix) {
                    return super.generateID(id + "-" + prefix);
                }
            });
            var graphics = new SVGGraphics2D(context, false);
            chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
            var root = graphics.getRoot();
            root.setAttribute("viewBox", "0 0 %d %d".formatted(width, height));
            root.setAttribute("role", "img");
            root.setAttribute("aria-label", description);
            var text = new StringWriter();
            graphics.stream(root, text, false, false);
            graphics.dispose();
            var svg = text.toString();
            return svg.substring(svg.indexOf("<svg"))
                    .replace("rgb(%d,%d,%d)".formatted(TEXT.getRed(), TEXT.getGreen(), TEXT.getBlue()), "currentColor");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
