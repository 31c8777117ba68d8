package io.lossforge.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;
import org.jspecify.annotations.Nullable;

/** The plots of a report. */
final class ReportPlots {

    /** Curves in one plot, at most: as many as there are colours that can be told apart. */
    static final int MOST_CURVES = 7;

    private static final int WIDTH = 420;
    private static final int LONGEST_LABEL = 36;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Color FAINT = new Color(Svg.TEXT.getRed(), Svg.TEXT.getGreen(), Svg.TEXT.getBlue(), 50);
    private static final BasicStroke LINE = new BasicStroke(1.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    /** Okabe and Ito's colours, without black and yellow: told apart by the colour-blind, visible on white and on black. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x8C8C8C));

    private ReportPlots() {}

    /**
     * A value with its interval.
     *
     * @param lower the value itself where there is no interval
     */
    record Interval(String label, double value, double lower, double upper) {}

    /**
     * Intervals one below the other, the first on top.
     *
     * @param id differs from that of every other plot of the page
     * @param zero whether to mark zero
     */
    static String intervals(String id, String description, String axis, List<Interval> intervals, boolean zero) {
        var series = new XYIntervalSeries("");
        for (int i = 0; i < intervals.size(); i++) {
            var interval = intervals.get(i);
            int y = intervals.size() - 1 - i;
            series.add(interval.value(), interval.lower(), interval.upper(), y, y, y);
        }
        var data = new XYIntervalSeriesCollection();
        data.addSeries(series);
        var labels = new String[intervals.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[labels.length - 1 - i] = cut(intervals.get(i).label());
        }
        var renderer = new XYErrorRenderer();
        renderer.setDrawYError(false);
        renderer.setErrorStroke(LINE);
        renderer.setErrorPaint(COLOURS.get(0));
        renderer.setSeriesPaint(0, COLOURS.get(0));
        var across = new NumberAxis(axis);
        across.setAutoRangeIncludesZero(zero);
        var down = new SymbolAxis(null, labels);
        down.setGridBandsVisible(false);
        var plot = new XYPlot(data, across, down, renderer);
        if (zero) {
            plot.addDomainMarker(new ValueMarker(0, Svg.TEXT, new BasicStroke(1)));
        }
        return draw(id, description, plot, 62 + 26 * intervals.size(), false);
    }

    /** Learning curves with bands of one standard deviation. */
    static String curves(
            String id,
            String description,
            String axis,
            List<Report.Cell> cells,
            Function<Report.Cell, List<Report.CurvePoint>> curve,
            double scale) {
        var data = new YIntervalSeriesCollection();
        var renderer = new DeviationRenderer(true, false);
        renderer.setAlpha(0.18f);
        for (int i = 0; i < cells.size(); i++) {
            var series = new YIntervalSeries(
                    "%d · %s".formatted(cells.get(i).cell(), cells.get(i).label()));
            for (var point : curve.apply(cells.get(i))) {
                double mean = scale * point.mean();
                double sd = point.sd() == null ? 0 : scale * point.sd();
                series.add(point.epoch(), mean, mean - sd, mean + sd);
            }
            data.addSeries(series);
            renderer.setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
            renderer.setSeriesFillPaint(i, COLOURS.get(i % COLOURS.size()));
            renderer.setSeriesStroke(i, LINE);
        }
        var across = new NumberAxis("epoch");
        across.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        across.setAutoRangeIncludesZero(false);
        var up = new NumberAxis(axis);
        up.setAutoRangeIncludesZero(false);
        return draw(id, description, new XYPlot(data, across, up, renderer), 250 + 18 * cells.size(), true);
    }

    private static String draw(String id, String description, XYPlot plot, int height, boolean legend) {
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(FAINT);
        plot.setRangeGridlinePaint(FAINT);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plain(plot.getDomainAxis());
        plain(plot.getRangeAxis());
        var chart = new JFreeChart(null, FONT, plot, legend);
        chart.setBackgroundPaint(null);
        chart.setPadding(new RectangleInsets(4, 2, 4, 10));
        if (legend) {
            chart.getLegend().setPosition(RectangleEdge.BOTTOM);
            chart.getLegend().setBackgroundPaint(null);
            chart.getLegend().setFrame(BlockBorder.NONE);
            chart.getLegend().setItemFont(FONT);
            chart.getLegend().setItemPaint(Svg.TEXT);
        }
        return Svg.of(id, description, chart, WIDTH, height);
    }

    private static void plain(@Nullable ValueAxis axis) {
        if (axis == null) {
            return;
        }
        axis.setLabelFont(FONT);
        axis.setTickLabelFont(FONT);
        axis.setLabelPaint(Svg.TEXT);
        axis.setTickLabelPaint(Svg.TEXT);
        axis.setAxisLinePaint(FAINT);
        axis.setTickMarkPaint(FAINT);
        if (axis instanceof NumberAxis numbers && !(axis instanceof SymbolAxis)) {
            var format = NumberFormat.getNumberInstance(Locale.ROOT);
            format.setMaximumFractionDigits(6);
            numbers.setNumberFormatOverride(format);
        }
    }

    private static String cut(String label) {
        return label.codePointCount(0, label.length()) <= LONGEST_LABEL
                ? label
                : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    }
}
