// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.hotspot.JvmLayout;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;

/** Finds the limit of a JVM's heap. */
public final class HeapLimit {

    private HeapLimit() {}

    /**
     * Returns the limit that was asked for, or else the one the JVM chose: what it has reserved.
     *
     * @return -1 if it cannot be told; with ZGC it cannot, because that reserves many times the limit
     */
    public static long of(ProcFs proc, Jvm jvm) {
        return flagsDecide(jvm) ? jvm.flags().heapMaxBytes() : reserved(segments(proc, Long.toString(jvm.pid())));
    }

    /**
     * Returns the limit that was asked for, or else what the JVM has reserved in the memory that is known of it.
     *
     * @param segments its memory by region
     */
    public static long of(Jvm jvm, List<Segment> segments) {
        return flagsDecide(jvm) ? jvm.flags().heapMaxBytes() : reserved(segments);
    }

    private static boolean flagsDecide(Jvm jvm) {
        return jvm.flags().heapMaxBytes() >= 0 || jvm.flags().isOn("UseZGC", false);
    }

    private static List<Segment> segments(ProcFs proc, String process) {
        try {
            return JvmLayout.of(proc, process).classifyUnasked(proc.mappings(process));
        } catch (IOException ended) {
            return List.of();
        }
    }

    private static long reserved(List<Segment> segments) {
        long bytes = segments.stream()
                .filter(segment -> segment.region() == Region.HEAP)
                .mapToLong(Segment::length)
                .sum();
        return bytes == 0 ? Numbers.UNKNOWN : bytes;
    }
}
