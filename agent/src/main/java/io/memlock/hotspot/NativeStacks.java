// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.files.FileOpener;
import io.memlock.memory.AddressRange;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the stacks of threads that are not Java threads: those of the collector, of the VM and of foreign code. The
 * kernel tells the stack pointer of a blocked thread only; a running thread is asked about again next time. A thread's
 * answer is kept as long as it lives.
 */
final class NativeStacks {

    /** The largest mapping that is taken for one stack as a whole. A larger one holds something else beside it. */
    private static final long LARGEST_STACK = 16L << 20;

    /** What lies above the stack pointer at least: glibc's thread descriptor and the first frames. */
    private static final long ABOVE_STACK_POINTER = 64L << 10;

    private final FileOpener opener;
    private final File tasks;
    private Map<Integer, Long> stackPointers = new HashMap<>();

    /**
     * Prepares to look at one process.
     *
     * @param process its directory, {@code /proc/self} or {@code /proc/PID}
     */
    NativeStacks(FileOpener opener, String process) {
        this.opener = opener;
        tasks = new File(process, "task");
    }

    /**
     * Looks for threads not seen before.
     *
     * @param javaThreads ids of threads to leave out
     * @return whether any came or went
     * @throws IOException if the kernel tells stack pointers to nobody (the process is not dumpable) or not to us
     */
    boolean refresh(Set<Integer> javaThreads) throws IOException {
        String[] names = tasks.list();
        if (names == null) {
            throw new IOException("cannot list " + tasks);
        }
        Map<Integer, Long> now = new HashMap<>();
        int refused = 0;
        for (String name : names) {
            Integer id = Integer.valueOf(name);
            if (javaThreads.contains(id)) {
                continue;
            }
            Long pointer = stackPointers.get(id);
            if (pointer == null) {
                try {
                    pointer = stackPointer(read(new File(tasks, name + "/syscall")));
                } catch (IOException e) {
                    refused++; // or the thread has gone
                }
            }
            if (pointer != null) {
                now.put(id, pointer);
            }
        }
        if (refused > 0 && refused == names.length) {
            throw new IOException("the kernel does not tell the stack pointers of " + tasks);
        }
        boolean changed = !now.equals(stackPointers);
        stackPointers = now;
        return changed;
    }

    /**
     * Returns the ranges in which the stack pointers lie.
     *
     * @param mappings all of the process, ascending
     */
    List<KnownRange> ranges(List<Mapping> mappings) {
        List<KnownRange> ranges = new ArrayList<>(stackPointers.size());
        for (long pointer : stackPointers.values()) {
            Mapping mapping = holding(mappings, pointer);
            if (mapping != null && mapping.writable() && !mapping.shared() && MappingNames.isAnonymous(mapping)) {
                long end = mapping.length() <= LARGEST_STACK
                        ? mapping.end()
                        : Math.min(mapping.end(), pointer + ABOVE_STACK_POINTER);
                ranges.add(new KnownRange(mapping.start(), end, Region.STACKS, Evidence.STACK_POINTER));
            }
        }
        return ranges;
    }

    /**
     * Reads the stack pointer out of {@code /proc/PID/task/TID/syscall}: the last but one number, unless the thread
     * runs. proc(5)
     *
     * @return null if it does not tell
     */
    static Long stackPointer(String syscall) {
        String line = syscall.strip();
        int last = line.lastIndexOf(' ');
        int before = line.lastIndexOf(' ', last - 1);
        if (before < 0 || !line.startsWith("0x", before + 1)) {
            return null;
        }
        long pointer = Long.parseUnsignedLong(line, before + 3, last, 16);
        return pointer > 0 ? pointer : null;
    }

    private static Mapping holding(List<Mapping> mappings, long address) {
        int index = AddressRange.firstEndingAfter(mappings, address);
        boolean isHeld = index < mappings.size()
                && Long.compareUnsigned(mappings.get(index).start(), address) <= 0;
        return isHeld ? mappings.get(index) : null;
    }

    private String read(File file) throws IOException {
        try (InputStream in = opener.open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
