// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import java.util.List;
import java.util.Locale;

/**
 * One line of a diagram.
 *
 * @param name for people
 * @param kind the class that colours it
 * @param values at the same distance from each other, at least two; none is negative
 */
record Curve(String name, String kind, List<Double> values) {

    static final int WIDTH = 1000;
    static final int HEIGHT = 100;

    double first() {
        return values.get(0);
    }

    double least() {
        return values.stream().min(Double::compare).orElseThrow();
    }

    double most() {
        return values.stream().max(Double::compare).orElseThrow();
    }

    double last() {
        return values.get(values.size() - 1);
    }

    /**
     * Returns the points for SVG, in a box of {@link #WIDTH} by {@link #HEIGHT} with its zero at the bottom.
     *
     * @param top the value at the top
     */
    String points(double top) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    (double) WIDTH * i / (values.size() - 1),
                    HEIGHT - (top > 0 ? HEIGHT * values.get(i) / top : 0)));
        }
        return points.toString().strip();
    }
}
