// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.hotspot.JvmLayout;
import io.memlock.jvms.Numbers;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.output.Table;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A mapping, or the part of one that belongs to one region, as {@code regions --maps} shows it.
 *
 * @param segment where it is, what it is for, and how that is known
 * @param entry what the kernel says of the whole mapping
 */
public record SegmentRow(Segment segment, SmapsEntry entry) {

    /**
     * Reads the rows of a process, in the order of their addresses.
     *
     * @throws IOException if the process is gone
     */
    public static List<SegmentRow> read(ProcFs proc, String process, JvmLayout layout) throws IOException {
        List<SmapsEntry> entries = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        proc.smaps(process, entry -> {
            entries.add(entry);
            mappings.add(entry.mapping());
        });
        List<SegmentRow> rows = new ArrayList<>();
        int at = 0;
        for (Segment segment : layout.classify(mappings)) {
            while (Long.compareUnsigned(entries.get(at).mapping().end(), segment.start()) <= 0) {
                at++;
            }
            rows.add(new SegmentRow(segment, entries.get(at)));
        }
        return rows;
    }

    /** Returns a row of text for each, under a heading. */
    public static List<String> table(List<SegmentRow> rows, int width) {
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
        for (SegmentRow row : rows) {
            table.row(List.of(
                    address(row.segment.start()),
                    address(row.segment.end()),
                    row.permissions(),
                    Numbers.bytes(row.segment.length()),
                    Numbers.bytes(row.share(row.entry.pssBytes())),
                    Numbers.bytes(row.share(row.entry.lockedBytes())),
                    Numbers.bytes(row.share(row.entry.swappedBytes())),
                    row.lock(),
                    row.segment.region().optionName(),
                    row.evidence(),
                    row.entry.mapping().path()));
        }
        return table.lines(width);
    }

    /** Returns an element of {@code mappings}; docs/command-line.md describes it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("start", address(segment.start()));
        json.put("end", address(segment.end()));
        json.put("permissions", permissions());
        json.put("region", segment.region().optionName());
        json.put("knownFrom", evidence());
        json.put("lock", lock());
        json.put("residentBytes", share(entry.pssBytes()));
        json.put("lockedBytes", share(entry.lockedBytes()));
        json.put("swappedBytes", share(entry.swappedBytes()));
        json.put("path", entry.mapping().path());
        return json;
    }

    private String lock() {
        return entry.lockedOnFault() ? "on-fault" : entry.locked() ? "full" : "no";
    }

    private String evidence() {
        return segment.evidence().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String permissions() {
        Mapping mapping = entry.mapping();
        return (mapping.readable() ? "r" : "-")
                + (mapping.writable() ? "w" : "-")
                + (mapping.executable() ? "x" : "-")
                + (mapping.shared() ? "s" : "p");
    }

    /**
     * Returns the part of a mapping's bytes that falls to this segment, by length: the kernel does not tell where they
     * are.
     */
    private long share(long bytes) {
        return Math.round((double) bytes * segment.length() / entry.mapping().length());
    }

    private static String address(long address) {
        return String.format("%016x", address);
    }
}
