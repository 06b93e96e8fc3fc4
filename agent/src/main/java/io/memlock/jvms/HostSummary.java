// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.memory.Bytes;
import io.memlock.proc.MemInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up what JVMs lock and what the heaps of those that lock may come to, beside what the host has. What others have in RAM
 * the kernel can take from them.
 *
 * @param lockedBytes as far as they are known
 * @param notMeasured JVMs of which they are not known
 * @param heapMaxBytes the limits of the heaps of those that lock, as far as they are known
 * @param heapMaxNotKnown JVMs that lock of which it is not known
 * @param memory the host's
 */
public record HostSummary(long lockedBytes, int notMeasured, long heapMaxBytes, int heapMaxNotKnown, MemInfo memory) {

    /**
     * Adds up.
     *
     * @param lockedBytes of each JVM, -1 where not known
     * @param heapMaxBytes of each JVM that locks, -1 where not known; a JVM may be started with any number
     */
    public static HostSummary of(List<Long> lockedBytes, List<Long> heapMaxBytes, MemInfo memory) {
        return new HostSummary(
                sum(lockedBytes), notKnown(lockedBytes), sum(heapMaxBytes), notKnown(heapMaxBytes), memory);
    }

    private static long sum(List<Long> numbers) {
        long sum = 0;
        for (long number : numbers) {
            long known = Math.max(0, number);
            sum = known > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + known;
        }
        return sum;
    }

    private static int notKnown(List<Long> numbers) {
        return (int) numbers.stream().filter(number -> number < 0).count();
    }

    public List<String> lines() {
        boolean isTooMuch = memory.totalBytes() >= 0 && heapMaxBytes > memory.totalBytes();
        return List.of(
                "these JVMs: locked " + Numbers.bytes(lockedBytes) + but(notMeasured)
                        + "; the heaps of JVMs that lock may reach "
                        + Numbers.bytes(heapMaxBytes) + but(heapMaxNotKnown)
                        + (isTooMuch ? ": more than the host has" : ""),
                "host: RAM " + Bytes.text(memory.totalBytes()) + ", available " + Bytes.text(memory.availableBytes())
                        + "; locked by all processes " + Bytes.text(memory.lockedBytes()) + "; swap "
                        + (memory.swapTotalBytes() == 0
                                ? "none"
                                : Bytes.text(memory.swapTotalBytes()) + ", used "
                                        + Bytes.text(memory.swapUsedBytes())));
    }

    private static String but(int notKnown) {
        return notKnown == 0 ? "" : " (of " + notKnown + " not known)";
    }

    /** Returns the field {@code host} of the JSON; docs/command-line.md describes it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("jvmsLockedBytes", lockedBytes);
        json.put("jvmsNotMeasured", notMeasured);
        json.put("jvmsHeapMaxBytes", heapMaxBytes);
        json.put("jvmsHeapMaxNotKnown", heapMaxNotKnown);
        json.put("allLockedBytes", Numbers.orNull(memory.lockedBytes()));
        json.put("ramBytes", Numbers.orNull(memory.totalBytes()));
        json.put("availableBytes", Numbers.orNull(memory.availableBytes()));
        json.put("swapBytes", Numbers.orNull(memory.swapTotalBytes()));
        json.put("swapUsedBytes", Numbers.orNull(memory.swapUsedBytes()));
        return json;
    }
}
