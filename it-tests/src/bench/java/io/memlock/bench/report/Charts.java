// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws SVG pictures. */
final class Charts {

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 500;

    private Charts() {}

    /** One bar a name. */
    static Path bars(Path directory, String fileName, String title, String unit, Map<String, Double> bars) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisLabelRotation(30);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setChartTitleVisible(true);
        chart.addSeries(unit, List.copyOf(bars.keySet()), List.copyOf(bars.values()));
        return save(chart, directory, fileName);
    }

    /** Latency over percentiles, both logarithmic: each step to the right is one more nine. */
    static Path percentiles(
            Path directory, String fileName, String title, Map<String, Map<Double, Double>> microsByPercentile) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("percentile")
                .yAxisTitle("latency, ms")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Charts::percentile);
        microsByPercentile.forEach((name, points) -> {
            double[] x = points.keySet().stream().mapToDouble(Charts::nines).toArray();
            double[] y = points.values().stream()
                    .mapToDouble(micros -> Math.max(micros, 1) / 1000)
                    .toArray();
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
        });
        return save(chart, directory, fileName);
    }

    /** One request in so many is slower. */
    private static double nines(double percentile) {
        return percentile >= 100 ? 100_000 : 100 / (100 - percentile);
    }

    private static String percentile(double nines) {
        double share = 100 - 100 / nines;
        return nines >= 100_000 ? "max" : String.format(Locale.ROOT, "%.5s", share);
    }

    private static Path save(Chart<?, ?> chart, Path directory, String fileName) {
        Path file = directory.resolve(fileName + ".svg");
        try (OutputStream out = Files.newOutputStream(file)) {
            ChartEncoder.saveChart(chart, out, "svg");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
