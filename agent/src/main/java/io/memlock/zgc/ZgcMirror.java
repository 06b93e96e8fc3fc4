// SPDX-License-Identifier: Apache-2.0
package io.memlock.zgc;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.calls.Progress;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OpenFiles;
import io.memlock.os.ThreadCpuTime;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Maps ZGC's heap, a file in memory, a second time, only to lock it. ZGC may unmap freed memory and map it again
 * elsewhere. In between no mapping of ZGC keeps it in RAM, even if the old one was locked. This view does, until ZGC
 * gives the memory back to the kernel, which takes it out of every view (shmem_fallocate,
 * {@code FALLOC_FL_PUNCH_HOLE}).
 *
 * <p>It shows the file up to the last granule that ZGC has mapped so far, can be read only, and is left out of core
 * dumps. It takes 2 MiB of page tables for each GiB, and VmRSS counts each page once more. Not thread-safe.
 */
public final class ZgcMirror {

    /** The unit in which ZGC commits, maps and gives back. zGlobals.hpp, ZGranuleSizeShift */
    public static final long GRANULE_BYTES = Mapping.ZGC_GRANULE_BYTES;

    /** Granules populated per look at the mappings. One that ZGC gives back meanwhile is allocated anew, and empty. */
    static final int GRANULES_AT_ONCE = 128;

    /** Granules locked in one call, none of them populated: 64 MiB. */
    private static final int GRANULES_LOCKED_AT_ONCE = 32;

    /** Time after which fewer granules are enough, because they come from swap. */
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Time that a piece takes at most that was in RAM already. */
    private static final long SLOW_PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Time at the least after which all is populated again: what ZGC gives back and commits between two looks is not seen as
     * new.
     */
    static final long ALL_AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);

    /** The time is so many times the CPU time that it took, where that is longer, as from some 100 GiB on. */
    private static final long ALL_AGAIN_SHARE = 1000;

    /** Time at the most. */
    static final long LATEST_ALL_AGAIN_NANOS = TimeUnit.DAYS.toNanos(1);

    /** Time before another try after a call that failed for a reason that may pass: EAGAIN, a limit that is lifted. */
    static final long TRY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The name of ZGC's file in maps. */
    private static final String FILE = Mapping.ZGC_MEMFD + Mapping.DELETED;

    private static final int RESERVED = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;

    private final LibC libc;
    private final Populator populator;
    private final LockProbe probe;
    private final Pause pause;
    private final Progress progress;
    private final ThreadCpuTime cpu;

    private long reserved;
    private long reservedBytes;
    private long start;
    private int covered;
    private final BitSet held = new BitSet();
    private final BitSet again = new BitSet();
    private int descriptor = -1;
    private long allSince;
    private long allAgainNanos = ALL_AGAIN_NANOS;

    /** Whether the whole mirror is being populated again. */
    private boolean isAllAgain;

    /** The CPU time that populating has taken since {@link #work} began, each time on whichever thread called. */
    private long workCpuNanos;

    private long triedNanos;
    private String coverProblem;
    private String populateProblem;
    private boolean isCut;
    private Progress.Work work;

    /**
     * Makes a mirror that maps nothing until {@link #cover}.
     *
     * @param cpu of the calling thread
     */
    public ZgcMirror(
            LibC libc, Populator populator, LockProbe probe, Pause pause, Progress progress, ThreadCpuTime cpu) {
        this.libc = libc;
        this.populator = populator;
        this.probe = probe;
        this.pause = pause;
        this.progress = progress;
        this.cpu = cpu;
        this.allSince = System.nanoTime();
    }

    /**
     * Returns whether a segment is of the file that ZGC makes itself. A file of {@code -XX:AllocateHeapAt} may be nameless,
     * or the application's. Huge pages have another name, and are never swapped.
     */
    private static boolean isCollectors(Segment segment) {
        Mapping mapping = segment.mapping();
        return segment.region() == Region.HEAP
                && mapping.shared()
                && mapping.writable()
                && mapping.path().equals(FILE);
    }

    /** Returns the granules of the file that ZGC maps now. */
    private static BitSet mapped(List<Segment> segments) {
        BitSet granules = new BitSet();
        for (Segment segment : segments) {
            if (isCollectors(segment)) {
                long first = segment.fileOffset();
                long last = first + segment.length() - 1;
                granules.set((int) (first / GRANULE_BYTES), (int) (last / GRANULE_BYTES) + 1);
            }
        }
        return granules;
    }

    /** Returns whether it maps anything. */
    boolean exists() {
        return covered > 0;
    }

    /** Returns how many bytes VmRSS counts once more for it. */
    long heldBytes() {
        return held.cardinality() * GRANULE_BYTES;
    }

    /**
     * Reaches as far as the collector maps its heap. Populates nothing.
     *
     * @param segments all of the process
     * @return null if all is well so far, or where there is no need, otherwise what is not
     */
    String cover(List<Segment> segments, long nowNanos) {
        if (!isAllAgain && nowNanos - allSince >= allAgainNanos) {
            allAgain(nowNanos);
        }
        int granules = mapped(segments).length();
        if (granules > covered && (coverProblem == null || nowNanos - triedNanos >= TRY_AGAIN_NANOS)) {
            triedNanos = nowNanos;
            coverProblem = extend(granules);
        }
        return coverProblem == null ? populateProblem : coverProblem;
    }

    /** Returns whether its lock is there: somebody may have unlocked it. */
    boolean isLocked() {
        return probe.isLocked(start);
    }

    /**
     * Populates what the collector maps now and was not held before: as much of it as is done at once.
     *
     * @param segments all of the process, a moment ago
     * @return whether there is more
     */
    boolean populate(List<Segment> segments) {
        BitSet wanted = mapped(segments);
        held.and(wanted); // what ZGC has unmapped it may give back
        BitSet done = (BitSet) held.clone();
        done.andNot(again);
        wanted.andNot(done);
        wanted.clear(covered, Math.max(covered, wanted.length()));
        if (work == null && !wanted.isEmpty()) {
            workCpuNanos = 0;
            work = progress.beginRoutine("mirroring the heap", wanted.cardinality() * GRANULE_BYTES);
        }
        String failure = null;
        long cpuBefore = cpu.nanos();
        int left = GRANULES_AT_ONCE;
        long began = System.nanoTime();
        for (int granule = wanted.nextSetBit(0); granule >= 0; granule = wanted.nextSetBit(granule + 1)) {
            if (left-- == 0 || System.nanoTime() - began > AT_ONCE_NANOS) {
                workCpuNanos += cpu.since(cpuBefore);
                return true;
            }
            int errno = populate(granule);
            if (errno == 0) {
                held.set(granule);
                again.clear(granule);
            } else {
                failure = "populating it: " + Errno.describe(errno);
            }
            work.done(GRANULE_BYTES);
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
        }
        workCpuNanos += cpu.since(cpuBefore);
        if (isAllAgain && work != null) {
            long dear = ALL_AGAIN_SHARE * workCpuNanos;
            allAgainNanos = Math.max(ALL_AGAIN_NANOS, Math.min(LATEST_ALL_AGAIN_NANOS, dear));
        }
        isAllAgain = false;
        work = null;
        populateProblem = failure;
        return false;
    }

    private int populate(int granule) {
        long at = start + granule * GRANULE_BYTES;
        for (long piece = at; piece < at + GRANULE_BYTES; piece += Populator.GENTLE_PIECE_BYTES) {
            long began = System.nanoTime();
            int errno = populator.populate(piece, Populator.GENTLE_PIECE_BYTES, false);
            if (errno != 0) {
                return errno;
            }
            if (System.nanoTime() - began > SLOW_PIECE_NANOS) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
        return 0;
    }

    /** Has all of it populated again, because somebody has unlocked it or because it is time. What failed is tried again. */
    void allAgain(long nowNanos) {
        again.or(held);
        isAllAgain = true;
        coverProblem = null;
        allSince = nowNanos;
    }

    /**
     * Lets go for good, in pieces: the kernel walks what it unmaps. Each is reserved again at once: in a gap somebody else
     * might map something before all is unmapped.
     */
    void release() {
        int granules = covered;
        covered = 0;
        held.clear();
        for (int granule = 0; granule < granules; granule++) {
            if (!reserveAgain(start + granule * GRANULE_BYTES, GRANULE_BYTES)) {
                break;
            }
            pause.nanos(ChunkedCalls.PAUSE_NANOS);
        }
        long bytes = reservedBytes;
        reservedBytes = 0;
        if (bytes > 0) {
            libc.munmap(reserved, bytes);
        }
    }

    private boolean reserveAgain(long from, long bytes) {
        boolean isReserved =
                libc.mmap(from, bytes, Linux.PROT_NONE, RESERVED | Linux.MAP_FIXED, -1, 0) != LibC.MAP_FAILED;
        if (!isReserved) {
            cut(from, bytes);
        }
        return isReserved;
    }

    /** Gives up all from an address on. What a failed mapping left there is not known, and may soon be somebody else's. */
    private void cut(long from, long bytes) {
        long behind = from + bytes;
        long end = reserved + reservedBytes;
        isCut = true;
        reservedBytes = from - reserved;
        libc.munmap(behind, end - behind);
    }

    private String extend(int granules) {
        OpenFiles files = new OpenFiles(libc);
        if (!files.isNamed(descriptor, FILE)) {
            descriptor = files.descriptorOf(FILE); // ZGC keeps it open
        }
        if (descriptor < 0) {
            return "no file descriptor of " + FILE + " in " + OpenFiles.DIRECTORY;
        }
        if (isCut) {
            return "mapping more of the heap has failed before";
        }
        if (reservedBytes == 0 && !reserve(granules)) {
            return "reserving addresses for the view: " + Errno.describe(libc.errno());
        }
        if (start + granules * GRANULE_BYTES > reserved + reservedBytes) {
            return "the file is larger than the largest heap";
        }
        long from = start + covered * GRANULE_BYTES;
        long bytes = (granules - covered) * GRANULE_BYTES;
        int flags = Linux.MAP_SHARED | Linux.MAP_FIXED | Linux.MAP_NORESERVE;
        if (libc.mmap(from, bytes, Linux.PROT_READ, flags, descriptor, covered * GRANULE_BYTES) == LibC.MAP_FAILED) {
            int errno = libc.errno();
            cut(from, bytes);
            return "mapping it: " + Errno.describe(errno);
        }
        boolean isBornLocked = probe.isLocked(from);
        int errno = isBornLocked ? 0 : lock(from, from + bytes);
        if (errno != 0 || !probe.isLocked(from)) {
            reserveAgain(from, bytes);
            return errno == 0 ? "the kernel does not lock the view" : "locking it: " + Errno.describe(errno);
        }
        libc.madvise(from, bytes, Linux.MADV_DONTDUMP);
        covered = granules;
        return null;
    }

    /** Locks a range in pieces: before Linux 5.18 the kernel goes through it page by page, though nothing is touched yet. */
    private int lock(long from, long to) {
        for (long at = from; at < to; at += GRANULES_LOCKED_AT_ONCE * GRANULE_BYTES) {
            long bytes = Math.min(GRANULES_LOCKED_AT_ONCE * GRANULE_BYTES, to - at);
            if (libc.mlock2(at, bytes, Linux.MLOCK_ONFAULT) != 0) {
                return libc.errno();
            }
            if (at + bytes < to) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
        return 0;
    }

    /** Reserves addresses, from a granule's border on, as huge pages want. */
    private boolean reserve(int leastGranules) {
        long bytes =
                Math.max(leastGranules * GRANULE_BYTES, Runtime.getRuntime().maxMemory()) + 2 * GRANULE_BYTES;
        long address = libc.mmap(0, bytes, Linux.PROT_NONE, RESERVED, -1, 0);
        if (address == LibC.MAP_FAILED) {
            return false;
        }
        reserved = address;
        start = (address + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES;
        reservedBytes = bytes; // last: whoever survives an Error must not find the one without the other
        return true;
    }
}
