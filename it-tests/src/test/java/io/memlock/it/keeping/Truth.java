// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.HeapFile;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where heap, code and metaspace are, by the JVM's own account: what its diagnostic commands print, asked from outside.
 *
 * @param heap where it may grow
 * @param code where the code heaps may grow
 * @param metaspace the nodes
 */
public record Truth(List<Range> heap, List<Range> code, List<Range> metaspace) {

    private static final Pattern BRACKETS = Pattern.compile("\\[0x(\\p{XDigit}+),.*0x(\\p{XDigit}+)[])]");
    private static final Pattern NODE = Pattern.compile("- node #\\d+: base 0x(\\p{XDigit}+): reserved=([0-9.]+) KB");

    private static final long SMALLEST_SEGMENT_MAP = 0x270000 / 128 / 4096 * 4096;

    /** A part of the address space. */
    public record Range(long start, long end) {

        boolean overlaps(Smaps.Entry entry) {
            return entry.start() < end && start < entry.end();
        }
    }

    /** Asks a JVM. */
    public static Truth of(ForkedJvm jvm, Jdk jdk) {
        Truth truth = new Truth(
                heap(jdk.jcmd(jvm.pid(), "GC.heap_info")),
                bounds(jdk.jcmd(jvm.pid(), "Compiler.codecache"), " bounds "),
                nodes(jdk.jcmd(jvm.pid(), "VM.metaspace", "vslist")));
        assertThat(truth.heap.isEmpty()
                        && Smaps.of(jvm.pid()).mappings().stream().noneMatch(HeapFile::isBehind))
                .as("heap that neither GC.heap_info nor a file of ZGC's tells of")
                .isFalse();
        assertThat(truth.code).as("code heaps").isNotEmpty();
        assertThat(truth.metaspace).as("metaspace nodes").isNotEmpty();
        return truth;
    }

    private static List<Range> heap(String text) {
        List<Range> generations = new ArrayList<>(bounds(text, " total "));
        generations.addAll(bounds(text, " - "));
        return generations;
    }

    private static List<Range> bounds(String text, String mark) {
        List<Range> ranges = new ArrayList<>();
        for (String line : text.lines().filter(line -> line.contains(mark)).toList()) {
            Matcher matcher = BRACKETS.matcher(line);
            if (matcher.find()) {
                ranges.add(new Range(
                        Long.parseUnsignedLong(matcher.group(1), 16), Long.parseUnsignedLong(matcher.group(2), 16)));
            }
        }
        return ranges;
    }

    private static List<Range> nodes(String text) {
        List<Range> ranges = new ArrayList<>();
        Matcher matcher = NODE.matcher(text);
        while (matcher.find()) {
            long start = Long.parseUnsignedLong(matcher.group(1), 16);
            ranges.add(new Range(start, start + (long) (Double.parseDouble(matcher.group(2)) * 1024)));
        }
        return ranges;
    }

    /** ZGC does not tell where: its heap is a file in memory. */
    public boolean isHeap(Smaps.Entry entry) {
        return HeapFile.isBehind(entry) || overlaps(heap, entry);
    }

    /** Whether a mapping is heap, code or metaspace. */
    boolean contains(Smaps.Entry entry) {
        return isHeap(entry) || overlaps(code, entry) || overlaps(metaspace, entry);
    }

    private static boolean overlaps(List<Range> ranges, Smaps.Entry entry) {
        return ranges.stream().anyMatch(range -> range.overlaps(entry));
    }

    /** Of a JVM's memory, what is heap, code and metaspace. */
    public Smaps selected(Smaps smaps) {
        return new Smaps(smaps.mappings().stream().filter(this::contains).toList());
    }

    /**
     * All else; but for one small mapping a code heap, which is its segment map: part of the code cache, and in no command's
     * answer.
     */
    Smaps others(Smaps smaps) {
        List<Smaps.Entry> others = new ArrayList<>();
        int segmentMaps = 0;
        for (Smaps.Entry entry : smaps.mappings()) {
            boolean isSegmentMap = mayBeSegmentMap(entry) && segmentMaps < code.size();
            segmentMaps += isSegmentMap ? 1 : 0;
            if (!contains(entry) && !isSegmentMap) {
                others.add(entry);
            }
        }
        return new Smaps(others);
    }

    /** A byte for each segment of 128 bytes: 20 KiB for the 2.4 MiB a code heap begins with. codeCache.cpp, heap.cpp */
    private static boolean mayBeSegmentMap(Smaps.Entry entry) {
        return entry.isLocked()
                && entry.path().isEmpty()
                && entry.rss() == entry.length()
                && entry.length() >= SMALLEST_SEGMENT_MAP
                && entry.length() <= 4 * SMALLEST_SEGMENT_MAP;
    }
}
