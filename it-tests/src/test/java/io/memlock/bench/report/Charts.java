// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Draws SVG pictures. We are green, the floor is black, everybody else is some other colour in thinner lines. */
final class Charts {

    private static final int WIDTH = 960;
    private static final int PERCENTILES_HEIGHT = 460;
    private static final int BAR_HEIGHT = 32;
    private static final int BARS_MARGIN = 110;

    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);

    private static final String OURS = "ours";
    private static final String FLOOR = "floor";
    private static final Color[] OUR_COLOURS = {
        new Color(0x1a, 0x7f, 0x37),
        new Color(0x4a, 0xc2, 0x6b),
        new Color(0x0b, 0x5c, 0x5c),
        new Color(0x7a, 0xb8, 0x00)
    };
    private static final Color[] THEIR_COLOURS = {
        new Color(0xcf, 0x22, 0x2e),
        new Color(0xbc, 0x4c, 0x00),
        new Color(0x82, 0x50, 0xdf),
        new Color(0x09, 0x69, 0xda),
        new Color(0xbf, 0x39, 0x89),
        new Color(0x9a, 0x67, 0x00)
    };

    private Charts() {}

    /** One bar a name, the first on top. */
    static Path bars(Path directory, String fileName, String title, String unit, Map<String, Double> bars) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        bars.forEach((name, value) -> data.addValue(value, unit, name));
        BarRenderer renderer = new BarRenderer() {
            @Override
            public Paint getItemPaint(int row, int column) {
                return isOurs(String.valueOf(data.getColumnKey(column))) ? OUR_COLOURS[0] : Color.GRAY;
            }
        };
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDefaultItemLabelGenerator(
                new StandardCategoryItemLabelGenerator("{2}", NumberFormat.getIntegerInstance(Locale.ROOT)));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelFont(TEXT);
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        CategoryAxis names = new CategoryAxis();
        names.setTickLabelFont(TEXT);
        names.setMaximumCategoryLabelWidthRatio(0.5f);
        NumberAxis values = new NumberAxis(unit);
        values.setTickLabelFont(TEXT);
        values.setLabelFont(TEXT);
        values.setUpperMargin(0.08);
        CategoryPlot plot = new CategoryPlot(data, names, values, renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeGridlinePaint(GRID);
        return save(plot, title, null, BARS_MARGIN + BAR_HEIGHT * bars.size(), directory, fileName);
    }

    /** Latency over percentiles, both logarithmic: each step to the right is one more nine. */
    static Path percentiles(
            Path directory, String fileName, String title, Map<String, Map<Double, Double>> microsByPercentile) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        int ours = 0;
        int theirs = 0;
        for (Map.Entry<String, Map<Double, Double>> line : microsByPercentile.entrySet()) {
            String name = line.getKey();
            XYSeries series = new XYSeries(name);
            line.getValue().forEach((percentile, micros) -> series.add(nines(percentile), Math.max(micros, 1) / 1000));
            int index = data.getSeriesCount();
            data.addSeries(series);
            boolean isFloor = name.startsWith(FLOOR);
            boolean bold = isOurs(name) || isFloor;
            renderer.setSeriesStroke(
                    index, new BasicStroke(bold ? 3 : 1.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            renderer.setSeriesPaint(
                    index,
                    isFloor
                            ? Color.BLACK
                            : isOurs(name)
                                    ? OUR_COLOURS[ours++ % OUR_COLOURS.length]
                                    : THEIR_COLOURS[theirs++ % THEIR_COLOURS.length]);
        }
        NumberAxis percentiles = new NumberAxis("percentile of all requests");
        percentiles.setTickUnit(new NumberTickUnit(1, new Nines()));
        percentiles.setRange(nines(50), nines(100));
        percentiles.setTickLabelFont(TEXT);
        percentiles.setLabelFont(TEXT);
        LogAxis latency = new LogAxis("latency, ms");
        latency.setTickUnit(new NumberTickUnit(1)); // a decade
        latency.setNumberFormatOverride(new Plain());
        latency.setTickLabelFont(TEXT);
        latency.setLabelFont(TEXT);
        XYPlot plot = new XYPlot(data, percentiles, latency, renderer);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        LegendTitle legend = new LegendTitle(plot);
        legend.setPosition(RectangleEdge.RIGHT);
        legend.setItemFont(TEXT);
        return save(plot, title, legend, PERCENTILES_HEIGHT, directory, fileName);
    }

    private static boolean isOurs(String name) {
        return name.startsWith(OURS);
    }

    /** How many nines a percentile has: 99.9 has three. The maximum stands where five would. */
    private static double nines(double percentile) {
        return percentile >= 100 ? Nines.MAXIMUM : -Math.log10(1 - percentile / 100);
    }

    private static Path save(Plot plot, String title, LegendTitle legend, int height, Path directory, String fileName) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        JFreeChart chart = new JFreeChart(null, TEXT, plot, false);
        chart.setTitle(new TextTitle(title, TITLE));
        chart.setBackgroundPaint(Color.WHITE);
        if (legend != null) {
            chart.addLegend(legend);
        }
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        Document picture = Processors.get("svg").getDocument(graphics.getCommands(), new PageSize(WIDTH, height));
        Path file = directory.resolve(fileName + ".svg");
        try (OutputStream out = Files.newOutputStream(file)) {
            picture.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Numbers as they are read: 0.01, 1, 1000. */
    private static class Plain extends NumberFormat {

        private static final long serialVersionUID = 1L;

        @Override
        public StringBuffer format(double number, StringBuffer to, FieldPosition position) {
            return to.append(
                    number >= 1
                            ? String.format(Locale.ROOT, "%,.0f", number)
                            : String.format(Locale.ROOT, "%.2g", number));
        }

        @Override
        public StringBuffer format(long number, StringBuffer to, FieldPosition position) {
            return format((double) number, to, position);
        }

        @Override
        public Number parse(String text, ParsePosition position) {
            throw new UnsupportedOperationException();
        }
    }

    /** Percentiles by how many nines they have. */
    private static final class Nines extends Plain {

        static final double MAXIMUM = 5;
        private static final long serialVersionUID = 1L;

        @Override
        public StringBuffer format(double nines, StringBuffer to, FieldPosition position) {
            return to.append(
                    nines >= MAXIMUM ? "max" : String.format(Locale.ROOT, "%.5s", 100 - 100 / Math.pow(10, nines)));
        }
    }
}
