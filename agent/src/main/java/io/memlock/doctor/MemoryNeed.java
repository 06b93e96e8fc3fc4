// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * How large a JVM may become, from the flags it was started with. What no flag says is HotSpot's default.
 *
 * @param flags its arguments
 * @param heapMaxBytes -Xmx
 * @param heapStartBytes -Xms, or -1 if it was not given
 * @param codeBytes reserved code cache
 * @param metaspaceBytes -XX:MaxMetaspaceSize, or -1 for no limit
 * @param stackBytes of one thread, -Xss
 * @param threads now
 * @param residentBytes now
 */
record MemoryNeed(
        List<String> flags,
        long heapMaxBytes,
        long heapStartBytes,
        long codeBytes,
        long metaspaceBytes,
        long stackBytes,
        long threads,
        long residentBytes) {

    private static final long MIB = 1 << 20;
    private static final long DEFAULT_CODE = 240 * MIB;
    private static final int DEFAULT_HEAP_SHARE = 4;

    static MemoryNeed ofThisJvm(ProcFs proc) throws IOException {
        return of(
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                Runtime.getRuntime().maxMemory(),
                proc.status(ProcFs.SELF));
    }

    static MemoryNeed of(ProcFs proc, String process) throws IOException {
        long ram = proc.memInfo().totalBytes();
        long cgroup = proc.cgroupMemory(process).limitBytes();
        long usable = cgroup < 0 ? ram : Math.min(ram, cgroup);
        return of(proc.cmdline(process), usable / DEFAULT_HEAP_SHARE, proc.status(process));
    }

    private static MemoryNeed of(List<String> flags, long defaultHeap, ProcessStatus status) {
        long heap = sized(flags, defaultHeap, "-Xmx", "-XX:MaxHeapSize=");
        return new MemoryNeed(
                flags,
                heap,
                sized(flags, -1, "-Xms", "-XX:InitialHeapSize="),
                sized(flags, DEFAULT_CODE, "-XX:ReservedCodeCacheSize="),
                sized(flags, -1, "-XX:MaxMetaspaceSize="),
                sized(flags, MIB, "-Xss", "-XX:ThreadStackSize="),
                status.threads(),
                status.vmRssBytes());
    }

    /** Heap, code cache, metaspace where it is limited, and stacks of the threads there are. */
    long atMostBytes() {
        return heapMaxBytes + codeBytes + Math.max(0, metaspaceBytes) + stackBytes * threads;
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    private static long sized(List<String> flags, long otherwise, String... prefixes) {
        long found = otherwise;
        for (String flag : flags) {
            for (String prefix : prefixes) {
                if (flag.startsWith(prefix)) {
                    found = bytes(flag.substring(prefix.length()), found);
                }
            }
        }
        return found;
    }

    static long bytes(String text, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        int shift =
                switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    case 'g' -> 30;
                    case 't' -> 40;
                    default -> 0;
                };
        try {
            return Long.parseLong(text.substring(0, text.length() - (shift == 0 ? 0 : 1))) << shift;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
