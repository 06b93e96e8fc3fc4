// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.calls.LockLimit;
import io.memlock.hotspot.JvmFlags;
import io.memlock.hotspot.RegionBounds;
import io.memlock.memory.Bytes;
import io.memlock.memory.FilePieces;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Computes how many bytes a limit must allow for a selection: all that is committed is charged, resident or not, but for
 * huge pages of hugetlbfs, which are locked as they are and set aside from all other memory.
 *
 * @param nowBytes committed now
 * @param chargedElsewhereBytes locked by somebody else, outside of the selection
 * @param agentBytes what the agent itself will add to the selection, about; 0 where it is there already
 * @param atMost RAM each selected region can come to take; what no flag limits is counted as it is committed now, and so is
 * the code cache, whose reserve hardly a JVM ever fills; of libraries and class archives what is resident
 * @param unlimited what of the selection no flag limits
 * @param hugetlbBytes what of the selection is mapped in huge pages of hugetlbfs; no other number counts it
 * @param grownBytes a limit on locked memory that holds all of it, whatever it grows to; -1 if no number would
 */
record MemoryNeed(
        long nowBytes,
        long chargedElsewhereBytes,
        long agentBytes,
        Map<Region, Long> atMost,
        List<Region> unlimited,
        long hugetlbBytes,
        long grownBytes) {

    private static final long DEFAULT_STACK_BYTES = 1 << 20;

    /**
     * What {@code attach} added to small JVMs, committed, at least (JDK 17.0.15 and 25.0.3, Serial and G1): its classes, JNA
     * and its library, malloc's arenas of its threads. With more threads and classes of the JVM's own it can be more.
     */
    private static final Map<Region, Long> AGENT = Map.of(
            Region.METASPACE, 3L << 20, Region.NATIVE, 3L << 20, Region.LIBS, 512L << 10, Region.OTHER, 1L << 20);

    private static final int AGENT_THREADS = 2;

    static MemoryNeed of(ExaminedJvm examined, Selection selected) {
        List<Region> selection = selected.regions();
        List<Segment> segments = examined.segments(selected);
        RegionBounds bounds = new RegionBounds(segments, examined.flags());
        Map<Region, Long> now = new EnumMap<>(Region.class);
        Map<Region, Long> atMost = new EnumMap<>(Region.class);
        for (Region region : selection) {
            now.put(region, bounds.committedBytes(region));
            atMost.put(region, Math.max(atMostBytes(examined, bounds, region), 0));
        }
        long nowBytes = now.values().stream().mapToLong(Long::longValue).sum();
        long agentBytes = examined.hasAgent()
                ? 0
                : selection.stream()
                        .mapToLong(region -> agentBytes(examined, region))
                        .sum();
        List<Region> unlimited = selection.stream()
                .filter(region ->
                        region == Region.NATIVE || (region == Region.METASPACE && metaspaceLimit(examined.flags()) < 0))
                .toList();
        long elsewhere = elsewhere(examined, selected);
        long most = bounds.mostBytes(selection);
        long hugetlb = segments.stream()
                .filter(segment -> segment.mapping().isHugetlb())
                .mapToLong(new FilePieces()::unseenBytes)
                .sum();
        return new MemoryNeed(
                nowBytes,
                elsewhere,
                agentBytes,
                atMost,
                unlimited,
                hugetlb,
                most < 0 ? -1 : LockLimit.toLock(most + elsewhere));
    }

    private static long atMostBytes(ExaminedJvm examined, RegionBounds bounds, Region region) {
        long committed = bounds.committedBytes(region);
        return switch (region) {
            // ZGC before JDK 21 maps its heap three times: charged thrice, but in RAM once.
            case HEAP ->
                examined.heapMaxBytes() >= 0 && !Segment.isAnyHugetlbHeap(examined.segments())
                        ? examined.heapMaxBytes()
                        : committed;
            // Hardly a JVM touches all pages of these, and a lock on-fault brings none in. It does of its data.
            case LIBS, CDS -> least(committed, examined.status().rssFileBytes());
            case METASPACE -> Math.max(committed, metaspaceLimit(examined.flags()));
            case STACKS ->
                Math.max(
                        committed,
                        stackBytes(examined.flags()) * examined.status().threads());
            default -> committed;
        };
    }

    /** The kernel does not tell cheaply which files it is of that so much is resident, and older ones not even that: -1. */
    private static long least(long committed, long resident) {
        return resident < 0 ? committed : Math.min(committed, resident);
    }

    private static long agentBytes(ExaminedJvm examined, Region region) {
        return region == Region.STACKS ? AGENT_THREADS * stackBytes(examined.flags()) : AGENT.getOrDefault(region, 0L);
    }

    private static long metaspaceLimit(JvmFlags flags) {
        return flags.bytes("-XX:MaxMetaspaceSize=");
    }

    private static long stackBytes(JvmFlags flags) {
        long asked = flags.stackBytes();
        return asked < 0 ? DEFAULT_STACK_BYTES : asked;
    }

    private static long elsewhere(ExaminedJvm examined, Selection selection) {
        return examined.foreignLocks().stream()
                .mapToLong(locked -> examined.segments().stream()
                        .filter(segment -> segment.start() >= locked.start()
                                && segment.end() <= locked.end()
                                && !selection.contains(segment))
                        .mapToLong(Segment::length)
                        .sum())
                .sum();
    }

    /** Returns the least limit that holds what is committed, once the agent is loaded. */
    long chargedBytes() {
        return nowBytes + chargedElsewhereBytes + agentBytes;
    }

    /** Returns the RAM that the whole selection can come to take. */
    long atMostBytes() {
        return atMost.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Describes the most that each region takes, and which regions may take more. */
    String describe() {
        StringBuilder text = new StringBuilder(Bytes.text(atMost));
        if (!unlimited.isEmpty()) {
            text.append(unlimited.stream()
                            .map(Region::optionName)
                            .collect(Collectors.joining(" and ", "; ", " as now, nothing limits "))
                    + (unlimited.size() == 1 ? "it" : "them"));
        }
        if (atMost.getOrDefault(Region.CODE, 0L) > 0) {
            text.append("; code counts with its size now, because a JVM rarely fills its reserved code cache");
        }
        if (hugetlbBytes > 0) {
            text.append(text.length() == 0 ? "beside " : "; beside ")
                    .append(Bytes.text(hugetlbBytes))
                    .append(" in huge pages of hugetlbfs, never swapped");
        }
        return text.toString();
    }
}
