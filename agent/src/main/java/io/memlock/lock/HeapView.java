// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Evidence;
import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OpenFiles;
import io.memlock.proc.Mapping;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A second view of a heap that is a file in memory, ZGC's, for the sake of its lock alone. What ZGC frees it may unmap and
 * map again elsewhere; in between no mapping keeps it in RAM, however locked the old one was. This one does, until ZGC
 * gives the memory back to the kernel, which takes it out of every view (shmem_fallocate, {@code FALLOC_FL_PUNCH_HOLE}).
 *
 * <p>It shows the file up to the last granule that ZGC has mapped so far, can be read only, and is left out of core dumps.
 * It takes 2 MiB of page tables for each GiB, and VmRSS counts each page once more. Not thread-safe.
 */
final class HeapView {

    /** ZGC commits, maps and gives back in these. zGlobals.hpp, ZGranuleSizeShift */
    static final long GRANULE_BYTES = 2L << 20;

    /** So many are populated with one look at what is mapped: what ZGC gives back meanwhile is allocated anew, and empty. */
    static final int GRANULES_AT_ONCE = 128;

    /** What was given back and committed anew between two looks is not seen as new: now and then all is gone through. */
    static final long ALL_AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int RESERVED = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;

    private final LibC libc;
    private final Populator populator;
    private final LockProbe probe;
    private final Pause pause;
    private final Progress progress;

    private long reserved;
    private long reservedBytes;
    private long start;
    private int covered;
    private BitSet held = new BitSet();
    private long allSince;
    private String coverProblem;
    private String populateProblem;
    private boolean isUnlockable;
    private boolean isCut;
    private Progress.Work work;

    /** None yet. */
    HeapView(LibC libc, Populator populator, LockProbe probe, Pause pause, Progress progress) {
        this.libc = libc;
        this.populator = populator;
        this.probe = probe;
        this.pause = pause;
        this.progress = progress;
        this.allSince = System.nanoTime();
    }

    /** Whether there is a heap that its collector maps anew while it runs. */
    static boolean isNeeded(List<Segment> segments) {
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                return true;
            }
        }
        return false;
    }

    /**
     * By its name: what is nameless ({@code -XX:AllocateHeapAt}) may be a file of the application's. Other collectors' heaps
     * are known by their addresses. Huge pages are never swapped.
     */
    private static boolean isCollectors(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP
                && segment.evidence() == Evidence.MAPPING_NAME
                && mapping.shared()
                && mapping.writable()
                && mapping.path().contains("java_heap")
                && !mapping.path().contains("hugetlb");
    }

    /** The granules of the file that ZGC maps now. */
    private static BitSet mapped(List<Segment> segments) {
        BitSet granules = new BitSet();
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                long first = segment.mapping().offset()
                        + segment.start()
                        - segment.mapping().start();
                long last = first + segment.length() - 1;
                granules.set((int) (first / GRANULE_BYTES), (int) (last / GRANULE_BYTES) + 1);
            }
        }
        return granules;
    }

    /** Whether there is one. */
    boolean exists() {
        return covered > 0;
    }

    /** What VmRSS counts once more for it. */
    long heldBytes() {
        return held.cardinality() * GRANULE_BYTES;
    }

    /**
     * Has it reach as far as the collector maps its heap; populates nothing.
     *
     * @param segments all of the process
     * @param nowNanos {@link System#nanoTime}
     * @return null if all is well so far, or where there is no need, otherwise what is not
     */
    String cover(List<Segment> segments, long nowNanos) {
        if (nowNanos - allSince >= ALL_AGAIN_NANOS) {
            allAgain(nowNanos);
        }
        int granules = mapped(segments).length();
        if (granules > covered && !isUnlockable && coverProblem == null) {
            coverProblem = extend(path(segments), granules);
        }
        return coverProblem == null ? populateProblem : coverProblem;
    }

    private static String path(List<Segment> segments) {
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                return segment.mapping().path();
            }
        }
        return "";
    }

    /**
     * Has it hold what the collector maps now and has not been held before: so much of it as is done at once.
     *
     * @param segments all of the process, a moment ago
     * @return whether there is more
     */
    boolean populate(List<Segment> segments) {
        BitSet mapped = mapped(segments);
        held.and(mapped); // what ZGC has unmapped it may give back
        mapped.andNot(held);
        mapped.clear(covered, Math.max(covered, mapped.length()));
        if (work == null && !mapped.isEmpty()) {
            work = progress.beginRoutine("viewing the heap", mapped.cardinality() * GRANULE_BYTES);
        }
        int left = GRANULES_AT_ONCE;
        for (int granule = mapped.nextSetBit(0); granule >= 0; granule = mapped.nextSetBit(granule + 1)) {
            if (left-- == 0) {
                return true;
            }
            int errno = populator.populate(start + granule * GRANULE_BYTES, GRANULE_BYTES, false);
            if (errno != 0) {
                populateProblem = "populating it: " + Errno.describe(errno);
                return false;
            }
            held.set(granule);
            work.done(GRANULE_BYTES);
            pause.nanos(GentleCalls.PAUSE_NANOS);
        }
        work = null;
        populateProblem = null;
        return false;
    }

    /** Somebody has unlocked memory, so that what was held may have gone; or it is time. What failed is tried again, too. */
    void allAgain(long nowNanos) {
        held.clear();
        coverProblem = null;
        allSince = nowNanos;
    }

    /**
     * Lets go, in pieces: the kernel walks what it unmaps. Each is reserved again at once: in a gap somebody else might map
     * something before all is unmapped.
     */
    void release() {
        for (int granule = 0; granule < covered; granule++) {
            if (held.get(granule)) {
                reserveAgain(start + granule * GRANULE_BYTES, GRANULE_BYTES);
                pause.nanos(GentleCalls.PAUSE_NANOS);
            }
        }
        if (reservedBytes > 0) {
            libc.munmap(reserved, reservedBytes);
        }
        reservedBytes = 0;
        covered = 0;
        isCut = false;
        held.clear();
    }

    private void reserveAgain(long from, long bytes) {
        if (libc.mmap(from, bytes, Linux.PROT_NONE, RESERVED | Linux.MAP_FIXED, -1, 0) == LibC.MAP_FAILED) {
            cut(from, bytes);
        }
    }

    /** What a mapping that failed has left at its place is not known, and may be somebody else's soon: never touched again. */
    private void cut(long from, long bytes) {
        long behind = from + bytes;
        libc.munmap(behind, reserved + reservedBytes - behind);
        reservedBytes = from - reserved;
        covered = (int) Math.min(covered, Math.max(0, from - start) / GRANULE_BYTES);
        isCut = true;
    }

    private String extend(String path, int granules) {
        int descriptor = new OpenFiles(libc).descriptorOf(path); // ZGC keeps it open
        if (descriptor < 0) {
            return "no file descriptor of " + path + " in " + OpenFiles.DIRECTORY;
        }
        if (isCut || (reservedBytes == 0 && !reserve(granules))) {
            return "no addresses for it: " + Errno.describe(libc.errno());
        }
        if (start + granules * GRANULE_BYTES > reserved + reservedBytes) {
            return "it is larger than the largest heap";
        }
        long from = start + covered * GRANULE_BYTES;
        long bytes = (granules - covered) * GRANULE_BYTES;
        int flags = Linux.MAP_SHARED | Linux.MAP_FIXED | Linux.MAP_NORESERVE;
        if (libc.mmap(from, bytes, Linux.PROT_READ, flags, descriptor, covered * GRANULE_BYTES) == LibC.MAP_FAILED) {
            String failure = "mapping it: " + Errno.describe(libc.errno());
            cut(from, bytes);
            return failure;
        }
        boolean isBornLocked = probe.isLocked(from);
        if (!isBornLocked && libc.mlock2(from, bytes, Linux.MLOCK_ONFAULT) != 0) {
            String failure = "locking it: " + Errno.describe(libc.errno());
            reserveAgain(from, bytes);
            return failure;
        }
        if (!probe.isLocked(from)) {
            isUnlockable = true; // hugetlbfs, DAX: never swapped
            reserveAgain(from, bytes);
            release();
            return null;
        }
        libc.madvise(from, bytes, Linux.MADV_DONTDUMP);
        covered = granules;
        return null;
    }

    /** From a granule's border on, as huge pages want. */
    private boolean reserve(int leastGranules) {
        long most = Math.max(leastGranules * GRANULE_BYTES, Runtime.getRuntime().maxMemory());
        reservedBytes = most + 2 * GRANULE_BYTES;
        reserved = libc.mmap(0, reservedBytes, Linux.PROT_NONE, RESERVED, -1, 0);
        if (reserved == LibC.MAP_FAILED) {
            reservedBytes = 0;
            return false;
        }
        start = (reserved + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES;
        return true;
    }
}
