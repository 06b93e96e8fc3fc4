// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import java.util.Collection;

/**
 * The middle of repeated runs and how far they are apart.
 *
 * @param runs how many
 */
public record Spread(double min, double median, double max, int runs) {

    /** Of these values; all NaN if there are none. */
    public static Spread of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        return new Spread(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[n - 1], n);
    }

    /** As {@code 12.3 (11.9-14.0)}; {@code -} if nothing was measured. */
    public String text() {
        if (runs == 0) {
            return "-";
        }
        return runs == 1 || min == max ? number(median) : number(median) + " (" + number(min) + "-" + number(max) + ")";
    }

    /** Three significant digits. */
    public static String number(double value) {
        double size = Math.abs(value);
        if (Double.isNaN(value)) {
            return "-";
        }
        if (size >= 100 || value == Math.rint(value)) {
            return String.format("%,.0f", value);
        }
        return String.format(size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f", value);
    }
}
