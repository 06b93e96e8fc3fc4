// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import io.memlock.log.PlainText;
import io.memlock.log.Wrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A table as {@code ps} prints it: columns as wide as they need to be, two blanks between, or one where that makes it fit.
 * Where it does not fit at all, each row takes several lines, the first column's width in, and a cell that is wider than a
 * line is shortened in its middle.
 */
public final class Table {

    private static final int LARGEST_INDENT = 8;

    private final List<Column> columns = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    private record Column(String title, boolean right) {}

    private record Row(List<String> cells, UnaryOperator<String> paintLast) {}

    /** Adds a column of numbers, which are aligned to the right. */
    public Table number(String title) {
        columns.add(new Column(title, true));
        return this;
    }

    /** Adds a column of words, which are aligned to the left. */
    public Table words(String title) {
        columns.add(new Column(title, false));
        return this;
    }

    /** Adds a row, one cell for each column. Cells may hold text from outside: each stays one, on its line. */
    public void row(List<String> cells) {
        row(UnaryOperator.identity(), cells);
    }

    /**
     * Adds a row whose last cell is changed after its width was measured.
     *
     * @param paintLast for colour, which has no width
     */
    public void row(UnaryOperator<String> paintLast, List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(new Row(cells.stream().map(PlainText::of).toList(), paintLast));
    }

    /**
     * Lays the table out.
     *
     * @param width of the longest line
     * @return the lines, the titles first
     */
    public List<String> lines(int width) {
        List<Row> all = new ArrayList<>(rows);
        all.add(0, new Row(columns.stream().map(Column::title).toList(), UnaryOperator.identity()));
        int[] widths = widths(all, width);
        int gap = Arrays.stream(widths).sum() + 2L * (widths.length - 1) > width ? 1 : 2;
        List<String> lines = new ArrayList<>();
        for (Row row : all) {
            StringBuilder line = new StringBuilder();
            int used = 0;
            for (int i = 0; i < widths.length; i++) {
                int before = i == 0 ? 0 : gap;
                if (i > 0 && used + gap + widths[i] > width) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                    used = 0;
                    before = indent(widths[0]);
                }
                line.append(" ".repeat(before)).append(cell(row, i, widths[i]));
                used += before + widths[i];
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Returns the width of each column, none of which is wider than a line. */
    private int[] widths(List<Row> all, int width) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            for (Row row : all) {
                widths[i] = Math.max(widths[i], row.cells.get(i).length());
            }
            widths[i] = Math.min(widths[i], i == 0 ? width : width - indent(widths[0]));
        }
        return widths;
    }

    /** Returns how far in the second line of a row begins. */
    private static int indent(int firstWidth) {
        return Math.min(firstWidth + 2, LARGEST_INDENT);
    }

    private String cell(Row row, int column, int width) {
        String text = Wrap.shortened(row.cells.get(column), width);
        String padding = " ".repeat(width - text.length());
        String painted = column == columns.size() - 1 ? row.paintLast.apply(text) : text;
        return columns.get(column).right() ? padding + painted : painted + padding;
    }
}
