// SPDX-License-Identifier: Apache-2.0
package io.memlock.report;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.FilePieces;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.proc.ProcFs;
import io.memlock.proc.SmapsEntry;
import io.memlock.proc.SwappedBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a mapping holds, or the part of one that belongs to one region, as smaps tells.
 *
 * @param segment where it is, what it is for, and how that is known
 * @param entry what the kernel says of the whole mapping. Hugetlb pages that several mappings show of one file count in
 *     the first of them
 * @param swappedBytes in swap. What several mappings show of one file in memory counts in the first of them
 */
public record SegmentUsage(Segment segment, SmapsEntry entry, long swappedBytes) {

    /**
     * Reads what the segments of a process hold, in the order of their addresses.
     *
     * @param process a process id, or {@code self}
     * @param layout of the same process
     * @throws IOException if smaps cannot be read
     */
    public static List<SegmentUsage> read(ProcFs proc, String process, JvmLayout layout) throws IOException {
        List<SmapsEntry> entries = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        List<Long> swapped = new ArrayList<>();
        SwappedBytes seen = new SwappedBytes();
        FilePieces hugetlb = new FilePieces();
        proc.smaps(
                process,
                new Consumer<>() { // no lambda: prefault scans before main, and the start line beside it
                    @Override
                    public void accept(SmapsEntry entry) {
                        entries.add(entry.withHugetlbBytes(hugetlb.unseenPart(entry.mapping(), entry.hugetlbBytes())));
                        mappings.add(entry.mapping());
                        swapped.add(seen.add(entry));
                    }
                });
        List<SegmentUsage> usages = new ArrayList<>();
        int at = 0;
        for (Segment segment : layout.classify(mappings)) {
            while (Long.compareUnsigned(entries.get(at).mapping().end(), segment.start()) <= 0) {
                at++;
            }
            usages.add(new SegmentUsage(segment, entries.get(at), share(segment, swapped.get(at))));
        }
        return usages;
    }

    /** Returns the address space, without the agent's own view of what is mapped elsewhere. */
    public long reservedBytes() {
        return segment.isAgentsView() ? 0 : segment.length();
    }

    /** Returns the accessible part of {@link #reservedBytes}. */
    public long committedBytes() {
        return segment.mapping().isAccessible() ? reservedBytes() : 0;
    }

    /** Returns the bytes in RAM. */
    public long residentBytes() {
        return share(segment, entry.residentBytes());
    }

    /** Returns the bytes in RAM and locked. */
    public long lockedBytes() {
        return share(segment, entry.lockedOrHugetlbBytes());
    }

    /**
     * Returns the part of a mapping's bytes that falls to this segment, by length: the kernel does not tell where they
     * are.
     */
    private static long share(Segment segment, long bytes) {
        return Math.round((double) bytes * segment.length() / segment.mapping().length());
    }
}
