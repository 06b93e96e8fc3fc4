// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.jvms.Numbers;
import io.memlock.memory.Mapping;
import io.memlock.output.Table;
import io.memlock.report.SegmentUsage;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a mapping, or the part of one that belongs to one region, as {@code regions --maps} does. */
public final class SegmentRow {

    private SegmentRow() {}

    /** Returns a row of text for each, under a heading. */
    public static List<String> table(List<SegmentUsage> rows, int width) {
        Table table = new Table()
                .words("START")
                .words("END")
                .words("PERM")
                .number("SIZE")
                .number("RESIDENT")
                .number("LOCKED")
                .number("SWAPPED")
                .words("LOCK")
                .words("REGION")
                .words("KNOWN FROM")
                .words("PATH");
        for (SegmentUsage row : rows) {
            table.row(List.of(
                    address(row.segment().start()),
                    address(row.segment().end()),
                    permissions(row),
                    Numbers.bytes(row.segment().length()),
                    Numbers.bytes(row.residentBytes()),
                    Numbers.bytes(row.lockedBytes()),
                    Numbers.bytes(row.swappedBytes()),
                    lock(row),
                    row.segment().region().optionName(),
                    evidence(row),
                    row.entry().mapping().path()));
        }
        return table.lines(width);
    }

    /** Returns an element of {@code mappings}; docs/command-line.md describes it. */
    public static Map<String, Object> json(SegmentUsage row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("start", address(row.segment().start()));
        json.put("end", address(row.segment().end()));
        json.put("permissions", permissions(row));
        json.put("region", row.segment().region().optionName());
        json.put("knownFrom", evidence(row));
        json.put("lock", lock(row));
        json.put("residentBytes", row.residentBytes());
        json.put("lockedBytes", row.lockedBytes());
        json.put("swappedBytes", row.swappedBytes());
        json.put("path", row.entry().mapping().path());
        return json;
    }

    static String lock(SegmentUsage row) {
        return row.entry().lockedOnFault() ? "on-fault" : row.entry().locked() ? "full" : "no";
    }

    static String evidence(SegmentUsage row) {
        return row.segment().evidence().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String permissions(SegmentUsage row) {
        Mapping mapping = row.entry().mapping();
        return (mapping.readable() ? "r" : "-")
                + (mapping.writable() ? "w" : "-")
                + (mapping.executable() ? "x" : "-")
                + (mapping.shared() ? "s" : "p");
    }

    static String address(long address) {
        return HexFormat.of().toHexDigits(address);
    }
}
