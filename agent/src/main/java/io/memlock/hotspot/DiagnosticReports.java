// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the ranges in what diagnostic commands print. The texts are for people, so whatever is not understood is
 * skipped. It does not use {@link String#lines}: the first stream of a JVM takes it several milliseconds.
 */
final class DiagnosticReports {

    /** Prints the address of every metaspace node and of the class space. Stops the JVM at a safepoint, for 1-2 ms. */
    static final String METASPACE = "VM.metaspace vslist";

    /** Prints the bounds of every code heap. */
    static final String CODE_CACHE = "Compiler.codecache";

    /** Prints the bounds of the heap, except with ZGC; with Epsilon only what is committed. Waits for a collection. */
    static final String HEAP = "GC.heap_info";

    /** Prints the flags that are not as they are by default. */
    static final String FLAGS = "VM.flags";

    private static final String NODE = "- node #";
    private static final String BASE = ": base 0x";
    private static final String RESERVED = ": reserved=";

    private DiagnosticReports() {}

    /**
     * Finds the nodes in lines like {@code - node #0: base 0x00007f66fb000000: reserved=65536.00 KB, committed=…}. There are
     * few of them in 25 KB, and only those are looked at: this runs interpreted, before main.
     */
    static List<KnownRange> metaspaceNodes(String vslist) {
        List<KnownRange> nodes = new ArrayList<>();
        for (int start = 0; start >= 0; start = nextLine(vslist, start)) {
            if (vslist.startsWith(NODE, start)) {
                int end = vslist.indexOf('\n', start);
                addNode(nodes, end < 0 ? vslist.substring(start) : vslist.substring(start, end));
            }
        }
        return nodes;
    }

    /** Returns where the next line starts; -1 after the last. */
    private static int nextLine(String text, int start) {
        int end = text.indexOf('\n', start);
        return end < 0 ? -1 : end + 1;
    }

    private static void addNode(List<KnownRange> nodes, String line) {
        int base = line.indexOf(BASE);
        int reserved = line.indexOf(RESERVED);
        int unit = line.indexOf(" KB", reserved);
        if (base > 0 && reserved > base && unit > reserved) {
            long start = Long.parseUnsignedLong(line, base + BASE.length(), reserved, 16);
            double kilobytes = Double.parseDouble(line.substring(reserved + RESERVED.length(), unit));
            add(nodes, start, start + (long) (kilobytes * 1024), Region.METASPACE);
        }
    }

    /**
     * Finds the code heaps in lines like {@code  bounds [0x00007f32e03ff000, 0x00007f32e066f000, 0x00007f32e7938000]}.
     */
    static List<KnownRange> codeHeaps(String codecache) {
        List<KnownRange> heaps = new ArrayList<>();
        for (String line : codecache.split("\n", -1)) {
            if (line.startsWith(" bounds [")) {
                addOuterBounds(heaps, line, Region.CODE);
            }
        }
        return heaps;
    }

    /**
     * Finds the heap in the lines that describe a generation or all of it; the spaces inside are left out, except with
     * Epsilon, which has one and says nothing else.
     */
    static List<KnownRange> heap(String heapInfo) {
        List<KnownRange> heap = new ArrayList<>();
        for (String line : heapInfo.split("\n", -1)) {
            boolean whole = line.contains(" total ") || line.startsWith(" - [0x"); // the latter: Shenandoah
            if (whole || line.stripLeading().startsWith("space ")) {
                addOuterBounds(heap, line, Region.HEAP);
            }
        }
        return heap;
    }

    /** Adds a range from the first to the last address of a {@code [0x…, 0x…, 0x…)}. */
    private static void addOuterBounds(List<KnownRange> ranges, String line, Region region) {
        int open = line.indexOf("[0x");
        int last = line.lastIndexOf("0x");
        if (open >= 0 && last > open + 1) {
            add(ranges, address(line, open + 1), address(line, last), region);
        }
    }

    private static long address(String line, int index) {
        int start = index + 2;
        int end = start;
        while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
            end++;
        }
        return Long.parseUnsignedLong(line, start, end, 16);
    }

    private static void add(List<KnownRange> ranges, long start, long end, Region region) {
        if (start > 0 && start < end) {
            ranges.add(new KnownRange(start, end, region, Evidence.DIAGNOSTIC_COMMAND));
        }
    }
}
