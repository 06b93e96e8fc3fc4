// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The report as it is written: Markdown, and pictures beside it. */
public final class Page {

    private final StringBuilder text = new StringBuilder();
    private final Path directory;

    /** A page whose pictures go to a directory. */
    Page(Path directory) {
        this.directory = directory;
    }

    /** A chapter. */
    public void heading(String title) {
        text.append("\n## ").append(title).append('\n');
    }

    /** A section. */
    public void subheading(String title) {
        text.append("\n### ").append(title).append('\n');
    }

    /** A paragraph. */
    public void text(String paragraph) {
        text.append('\n').append(paragraph).append('\n');
    }

    /** A table; rows may be short. */
    public void table(List<String> header, List<List<String>> rows) {
        text.append("\n| ").append(String.join(" | ", header)).append(" |\n|---");
        text.append("|---:".repeat(header.size() - 1)).append("|\n");
        for (List<String> row : rows) {
            text.append("| ").append(String.join(" | ", row));
            text.append(String.join("", Collections.nCopies(header.size() - row.size(), " | ")))
                    .append(" |\n");
        }
    }

    /** A picture: one bar for each name; those without a value are left out. */
    public void bars(String title, String unit, List<String> names, ToDoubleFunction<String> value) {
        Map<String, Double> bars = new LinkedHashMap<>();
        for (String name : names) {
            double height = value.applyAsDouble(name);
            if (!Double.isNaN(height)) {
                bars.put(name, height);
            }
        }
        if (!bars.isEmpty()) {
            picture(title, Charts.bars(directory, fileName(title), title, unit, bars));
        }
    }

    /** A picture: latency by percentile, a line for each name. */
    public void percentiles(String title, Map<String, Map<Double, Double>> microsByPercentile) {
        if (!microsByPercentile.isEmpty()) {
            picture(title, Charts.percentiles(directory, fileName(title), title, microsByPercentile));
        }
    }

    private void picture(String title, Path file) {
        text("![" + title + "](" + file.getFileName() + ")");
    }

    private static String fileName(String title) {
        return title.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    /** All of it. */
    String markdown() {
        return text.toString();
    }
}
