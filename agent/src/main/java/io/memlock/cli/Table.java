// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.log.PlainText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** A table as {@code ps} prints it: columns as wide as they need to be, two blanks between. */
final class Table {

    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private record Column(String title, boolean right) {}

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
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(cells.stream().map(PlainText::of).toList());
    }

    /** The lines, the titles first. */
    List<String> lines() {
        return lines((column, cell) -> cell);
    }

    /**
     * The lines, with every cell changed after its width was measured.
     *
     * @param paint gets the column's title and the cell; for colour, which has no width
     */
    List<String> lines(BiFunction<String, String, String> paint) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).title().length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(columns.stream().map(Column::title).toList(), widths, (column, cell) -> cell));
        for (List<String> row : rows) {
            lines.add(line(row, widths, paint));
        }
        return lines;
    }

    private String line(List<String> cells, int[] widths, BiFunction<String, String, String> paint) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            Column column = columns.get(i);
            String padding = " ".repeat(widths[i] - cells.get(i).length());
            String cell = paint.apply(column.title(), cells.get(i));
            boolean last = i == cells.size() - 1;
            line.append(i == 0 ? "" : GAP)
                    .append(column.right() ? padding : "")
                    .append(cell)
                    .append(column.right() || last ? "" : padding);
        }
        return line.toString();
    }
}
