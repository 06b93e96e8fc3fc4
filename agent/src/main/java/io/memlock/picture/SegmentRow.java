// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import io.memlock.hotspot.JvmLayout;
import io.memlock.jvms.Numbers;
import io.memlock.memory.Mapping;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Segment;
import io.memlock.output.Table;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsEntry;
import io.memlock.proc.SwappedBytes;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionTotals;
import io.memlock.report.SmapsScan;
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
 * @param swappedBytes in swap. What several mappings show of one file in memory counts in the first of them
 */
public record SegmentRow(Segment segment, SmapsEntry entry, long swappedBytes) {

    /**
     * Reads the rows of a process, in the order of their addresses.
     *
     * @throws IOException if the process is gone
     */
    public static List<SegmentRow> read(ProcFs proc, String process, JvmLayout layout) throws IOException {
        List<SmapsEntry> entries = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        List<Long> swapped = new ArrayList<>();
        SwappedBytes seen = new SwappedBytes();
        proc.smaps(process, entry -> {
            entries.add(entry);
            mappings.add(entry.mapping());
            swapped.add(seen.add(entry));
        });
        List<SegmentRow> rows = new ArrayList<>();
        int at = 0;
        for (Segment segment : layout.classify(mappings)) {
            while (Long.compareUnsigned(entries.get(at).mapping().end(), segment.start()) <= 0) {
                at++;
            }
            rows.add(new SegmentRow(segment, entries.get(at), share(segment, swapped.get(at))));
        }
        return rows;
    }

    /** Adds rows up by region, as {@link SmapsScan} does. */
    static RegionReport report(List<SegmentRow> rows, List<PathGlob> files) {
        RegionTotals totals = new RegionTotals(files);
        for (SegmentRow row : rows) {
            totals.add(row.segment);
            totals.addHeld(row.segment, row.residentBytes(), row.lockedBytes(), row.swappedBytes);
        }
        return totals.report(System.nanoTime(), 0);
    }

    /** Returns the address space, without the agent's own view of what is mapped elsewhere. */
    long reservedBytes() {
        return segment.isAgentsView() ? 0 : segment.length();
    }

    long committedBytes() {
        return segment.mapping().isAccessible() ? reservedBytes() : 0;
    }

    long residentBytes() {
        return share(segment, entry.residentBytes());
    }

    long lockedBytes() {
        return share(segment, entry.heldBytes());
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
                    Numbers.bytes(row.residentBytes()),
                    Numbers.bytes(row.lockedBytes()),
                    Numbers.bytes(row.swappedBytes),
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
        json.put("residentBytes", residentBytes());
        json.put("lockedBytes", lockedBytes());
        json.put("swappedBytes", swappedBytes);
        json.put("path", entry.mapping().path());
        return json;
    }

    String lock() {
        return entry.lockedOnFault() ? "on-fault" : entry.locked() ? "full" : "no";
    }

    String evidence() {
        return segment.evidence().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String permissions() {
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
    private static long share(Segment segment, long bytes) {
        return Math.round((double) bytes * segment.length() / segment.mapping().length());
    }

    static String address(long address) {
        return String.format("%016x", address);
    }
}
