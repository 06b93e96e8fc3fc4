// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OpenFiles;
import io.memlock.proc.Mapping;
import java.util.BitSet;
import java.util.List;

/**
 * A second view of a heap that is a file in memory, ZGC's, for the sake of its lock alone. What ZGC frees it may unmap and
 * map again elsewhere; in between no mapping keeps it in RAM, however locked the old one was. This one does, until ZGC
 * gives the memory back to the kernel, which takes it out of every view (shmem_fallocate, {@code FALLOC_FL_PUNCH_HOLE}).
 *
 * <p>It can be read only, is left out of core dumps, and holds nothing that ZGC has not committed. It takes 2 MiB of page
 * tables for each GiB, and VmRSS counts each page once more. Not thread-safe.
 */
final class HeapView {

    /** ZGC commits, maps and gives back in these. zGlobals.hpp, ZGranuleSizeShift */
    static final long GRANULE_BYTES = 2L << 20;

    /**
     * What was given back and committed anew between two looks is not seen as new: all is gone through after so many, which
     * takes 25 ms for each GiB.
     */
    private static final int ALL_EVERY = 3600;

    private final LibC libc;
    private final Populator populator;
    private final LockProbe probe;
    private final Pause pause;
    private final Progress progress;

    private long start;
    private long length;
    private List<Segment> lastSegments = List.of();
    private BitSet held = new BitSet();
    private int looks;
    private String problem;

    /** None yet. */
    HeapView(LibC libc, Populator populator, LockProbe probe, Pause pause, Progress progress) {
        this.libc = libc;
        this.populator = populator;
        this.probe = probe;
        this.pause = pause;
        this.progress = progress;
    }

    /** Whether a segment is such a view: the collector's own can be written. */
    static boolean isOne(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP
                && mapping.shared()
                && mapping.isFileBacked()
                && mapping.readable()
                && !mapping.writable();
    }

    /** Whether a segment is of a heap that its collector maps anew while it runs. Huge pages are never swapped. */
    private static boolean isCollectors(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP
                && mapping.shared()
                && mapping.writable()
                && mapping.path().contains("java_heap")
                && !mapping.path().contains("hugetlb");
    }

    /** Whether there is a heap that needs one. */
    static boolean isNeeded(List<Segment> segments) {
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is one. */
    boolean exists() {
        return length != 0;
    }

    /**
     * Has it hold all that the collector maps now; there is nothing to do where no heap is such a file.
     *
     * @param segments all of the process
     * @return null if it does, otherwise why not
     */
    String hold(List<Segment> segments) {
        boolean all = looks++ % ALL_EVERY == 0;
        if (!all && (segments == lastSegments || problem != null)) {
            return problem;
        }
        Segment one = null;
        BitSet mapped = new BitSet();
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                one = segment;
                long from = segment.mapping().offset()
                        + segment.start()
                        - segment.mapping().start();
                mapped.set((int) (from / GRANULE_BYTES), (int) ((from + segment.length() - 1) / GRANULE_BYTES) + 1);
            }
        }
        if (one == null) {
            return null;
        }
        problem = exists() ? null : map(one.mapping().path(), mapped.length() * GRANULE_BYTES);
        if (problem == null) {
            lastSegments = segments;
            BitSet wanted = (BitSet) mapped.clone();
            if (!all) {
                wanted.andNot(held);
            }
            populate(wanted);
            held = mapped;
        }
        return problem;
    }

    /** Lets go. */
    void release() {
        if (exists()) {
            libc.munmap(start, length);
            length = 0;
        }
    }

    private void populate(BitSet granules) {
        Progress.Work work = progress.beginRoutine("viewing the heap", granules.cardinality() * GRANULE_BYTES);
        for (int granule = granules.nextSetBit(0); granule >= 0; granule = granules.nextSetBit(granule + 1)) {
            // One that ZGC gives back at this very moment is allocated anew, and empty, until it needs it again.
            populator.populate(start + granule * GRANULE_BYTES, GRANULE_BYTES, false);
            work.done(GRANULE_BYTES);
            pause.nanos(GentleCalls.PAUSE_NANOS);
        }
    }

    private String map(String path, long leastBytes) {
        int descriptor = new OpenFiles(libc).descriptorOf(path); // ZGC keeps it open
        if (descriptor < 0) {
            return "no file descriptor of " + path + " in " + OpenFiles.DIRECTORY;
        }
        long most = Math.max(leastBytes, Runtime.getRuntime().maxMemory());
        long size = (most + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES;
        long address = mapAligned(descriptor, size);
        if (address == LibC.MAP_FAILED) {
            return "mmap of " + size + " bytes: " + Errno.describe(libc.errno());
        }
        boolean isBornLocked = probe.isLocked(address);
        if (!isBornLocked && libc.mlock2(address, size, Linux.MLOCK_ONFAULT) != 0) {
            int errno = libc.errno();
            libc.munmap(address, size);
            return "mlock2 of " + size + " bytes: " + Errno.describe(errno);
        }
        libc.madvise(address, size, Linux.MADV_DONTDUMP);
        start = address;
        length = size;
        held = new BitSet();
        return null;
    }

    /** At a granule's border, by which a nameless file is known as ZGC's; huge pages want that, too. */
    private long mapAligned(int descriptor, long size) {
        long reserved = libc.mmap(
                0,
                size + GRANULE_BYTES,
                Linux.PROT_NONE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE,
                -1,
                0);
        if (reserved == LibC.MAP_FAILED) {
            return reserved;
        }
        long aligned = (reserved + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES;
        long mapped = libc.mmap(
                aligned,
                size,
                Linux.PROT_READ,
                Linux.MAP_SHARED | Linux.MAP_FIXED | Linux.MAP_NORESERVE,
                descriptor,
                0);
        if (mapped == LibC.MAP_FAILED) {
            libc.munmap(reserved, size + GRANULE_BYTES);
            return mapped;
        }
        if (aligned > reserved) {
            libc.munmap(reserved, aligned - reserved);
        }
        libc.munmap(aligned + size, reserved + GRANULE_BYTES - aligned);
        return aligned;
    }
}
