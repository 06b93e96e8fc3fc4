// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.log.PlainText;
import io.memlock.log.Wrap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A table as {@code ps} prints it: columns as wide as they need to be, two blanks between, or one where that makes it fit.
 * Where it does not fit at all, each row takes several lines, the first column's width in, and a cell that is wider than a
 * line is shortened in its middle.
 */
final class Table {

    private static final int LARGEST_INDENT = 8;

    private final List<Column> columns = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    private record Column(String title, boolean right) {}

    private record Row(List<String> cells, UnaryOperator<String> paintLast) {}

    /** Adds a column of numbers: to the right. */
    Table number(String title) {
        columns.add(new Column(title, true));
        return this;
    }

    /** Adds a column of words: to the left. */
    Table words(String title) {
        columns.add(new Column(title, false));
        return this;
    }

    /** Adds a row, one cell for each column. Cells may hold text from outside: each stays one, on its line. */
    void row(List<String> cells) {
        row(UnaryOperator.identity(), cells);
    }

    /**
     * Adds a row whose last cell is changed after its width was measured.
     *
     * @param paintLast for colour, which has no width
     */
    void row(UnaryOperator<String> paintLast, List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(new Row(cells.stream().map(PlainText::of).toList(), paintLast));
    }

    /** The lines, the titles first, however wide. */
    List<String> lines() {
        return lines(Integer.MAX_VALUE);
    }

    /** The lines, the titles first. */
    List<String> lines(int width) {
        int[] widths = new int[columns.size()];
        int indent = 0;
        int sum = 0;
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).title().length();
            for (Row row : rows) {
                widths[i] = Math.max(widths[i], row.cells.get(i).length());
            }
            widths[i] = Math.min(widths[i], width - indent);
            indent = Math.min(widths[0] + 2, LARGEST_INDENT);
            sum += widths[i];
        }
        int gap = sum + 2L * (widths.length - 1) > width ? 1 : 2;
        Layout layout = new Layout(widths, gap, indent, width);
        List<String> lines = new ArrayList<>();
        add(lines, new Row(columns.stream().map(Column::title).toList(), UnaryOperator.identity()), layout);
        for (Row row : rows) {
            add(lines, row, layout);
        }
        return lines;
    }

    /** Which columns, from and to, go into each line of a row: as many as fit. */
    private static List<int[]> parts(int[] widths, int gap, int indent, int width) {
        List<int[]> parts = new ArrayList<>();
        int first = 0;
        long used = 0;
        for (int i = 0; i < widths.length; i++) {
            boolean fits = i == first || used + gap + widths[i] <= width;
            if (!fits) {
                parts.add(new int[] {first, i});
                first = i;
            }
            used = i == first ? (parts.isEmpty() ? 0 : indent) + widths[i] : used + gap + widths[i];
        }
        parts.add(new int[] {first, widths.length});
        return parts;
    }

    /** Where the cells of a row go. */
    private static final class Layout {
        private final int[] widths;
        private final int gap;
        private final int indent;
        private final List<int[]> parts;

        Layout(int[] widths, int gap, int indent, int width) {
            this.widths = widths;
            this.gap = gap;
            this.indent = indent;
            this.parts = parts(widths, gap, indent, width);
        }
    }

    private void add(List<String> lines, Row row, Layout layout) {
        for (int[] part : layout.parts) {
            StringBuilder line = new StringBuilder(" ".repeat(part[0] == 0 ? 0 : layout.indent));
            for (int i = part[0]; i < part[1]; i++) {
                Column column = columns.get(i);
                String text = Wrap.shortened(row.cells.get(i), layout.widths[i]);
                String padding = " ".repeat(layout.widths[i] - text.length());
                boolean last = i == part[1] - 1;
                line.append(i == part[0] ? "" : " ".repeat(layout.gap))
                        .append(column.right() ? padding : "")
                        .append(i == columns.size() - 1 ? row.paintLast.apply(text) : text)
                        .append(column.right() || last ? "" : padding);
            }
            lines.add(line.toString());
        }
    }
}
