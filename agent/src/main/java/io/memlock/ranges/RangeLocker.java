// SPDX-License-Identifier: Apache-2.0
package io.memlock.ranges;

import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.HeldPages.Manner;
import io.memlock.calls.HeldPages.Range;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pause;
import io.memlock.lock.OwnProcess;
import io.memlock.memory.Mapping;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.proc.Pagemap;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.MappingBudget;
import io.memlock.state.LockFailure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Locks the ranges that an application asks for through {@code io.memlock.api}, on the application's threads. A range is
 * locked as a whole or not at all.
 */
public final class RangeLocker {

    /**
     * The length that one call locks or unlocks, where no huge page is longer: it walks what is resident for 0.3 ms, in which
     * nobody else can map memory.
     */
    private static final long PIECE_BYTES = 8 << 20;

    /** One range in so many of the mappings that are left is locked before they are counted again: others map memory, too. */
    private static final int UNCOUNTED_PART = 8 * MappingBudget.NEW_BY_A_SPLIT;

    private final OwnProcess process;
    private final LimitProbe limits;
    private final HeldPages held;
    private final LibC libc;
    private final LockProbe probe;
    private final ProcFs proc;
    private final Pause pause;
    private final long pageBytes;

    /** A multiple of the size of a huge page, so that none is split between two calls. */
    private final long pieceBytes;

    /** How many ranges may be locked before the mappings are counted again. */
    private final AtomicLong uncounted = new AtomicLong();

    /**
     * Locks nothing until it is asked.
     *
     * @param process whose memory it is
     * @param probe tells what is locked
     * @param limits finds out how much may be locked
     * @param proc where {@code /proc} is
     * @param hugePageBytes how large transparent huge pages may be
     */
    public RangeLocker(
            OwnProcess process,
            LibC libc,
            LockProbe probe,
            LimitProbe limits,
            ProcFs proc,
            Pause pause,
            long pageBytes,
            long hugePageBytes) {
        this.process = process;
        this.limits = limits;
        this.held = process.held();
        this.libc = libc;
        this.probe = probe;
        this.proc = proc;
        this.pause = pause;
        this.pageBytes = pageBytes;
        this.pieceBytes = Math.max(PIECE_BYTES, hugePageBytes);
        held.unlockInPieces(pieceBytes, pause);
    }

    /**
     * Returns the whole pages of a range.
     *
     * @param address of its first byte
     * @param bytes at least 1
     */
    public Range pagesOf(long address, long bytes) {
        return new Range(address & -pageBytes, (address + bytes + pageBytes - 1) & -pageBytes);
    }

    /**
     * Locks pages, and holds them until {@link #unlock}.
     *
     * @return null if all of them are locked; otherwise why nothing was done
     */
    public LockFailure lock(Range pages, Manner manner) {
        int mappings = countIfTooMany(pages);
        if (mappings > 0) {
            return new RangeFailures(process, limits, pages, manner).tooManyMappings(mappings);
        }
        held.hold(pages, manner);
        int errno = Errno.NOT_DONE;
        boolean isLocked = false;
        boolean isDone = false;
        try {
            errno = lockInPieces(pages, manner.isPopulated());
            errno = errno == 0 && !isLocked(pages) ? Errno.NOT_DONE : errno;
            isLocked = errno == 0;
            if (isLocked && manner.isHidden() && held.hide(pages) != 0) {
                errno = libc.errno();
            }
            isDone = errno == 0;
        } finally {
            if (!isDone) { // also where a call found the heap full
                held.release(pages, manner);
            }
        }
        return isDone ? null : failure(pages, manner, errno, isLocked);
    }

    /**
     * Counts the mappings, the more often the fewer the JVM can spare.
     *
     * @return 0 if pages may be locked; otherwise how many there are, because that would split one more
     */
    private int countIfTooMany(Range pages) {
        if (uncounted.getAndDecrement() > 0) {
            return 0;
        }
        try {
            List<Mapping> mappings = proc.mappings(ProcFs.SELF);
            long left = MappingBudget.of(Long.parseLong(proc.sys("vm/max_map_count"))) - mappings.size();
            uncounted.set(left / UNCOUNTED_PART);
            return left < MappingBudget.NEW_BY_A_SPLIT && isSplitAt(mappings, pages) ? mappings.size() : 0;
        } catch (IOException | NumberFormatException e) {
            return 0; // then the kernel has the word
        }
    }

    private static boolean isSplitAt(List<Mapping> mappings, Range pages) {
        for (Mapping mapping : mappings) {
            if ((mapping.start() < pages.start() && pages.start() < mapping.end())
                    || (mapping.start() < pages.end() && pages.end() < mapping.end())) {
                return true;
            }
        }
        return false;
    }

    private int lockInPieces(Range pages, boolean populates) {
        boolean isDoubtful = false;
        long from = pages.start();
        while (from < pages.end()) {
            long to = Math.min(pages.end(), from / pieceBytes * pieceBytes + pieceBytes);
            int errno = populates ? populated(from, to - from) : held.lockOnFault(from, to - from);
            boolean mayBeReserved = errno == Errno.ENOMEM && !populates && probe.isLocked(from);
            if (errno != 0 && !mayBeReserved) {
                return errno;
            }
            isDoubtful |= mayBeReserved;
            if (to < pages.end()) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
            from = to;
        }
        return isDoubtful && !isEachMappingLocked(pages) ? Errno.ENOMEM : 0;
    }

    /** Asks about each mapping: before Linux 5.18 the kernel says ENOMEM also where it has locked what is not accessible. */
    private boolean isEachMappingLocked(Range pages) {
        try {
            List<Mapping> mappings = proc.mappings(ProcFs.SELF);
            for (Range mapped : pages.mapped(mappings)) {
                if (!probe.isLocked(mapped.start())) {
                    return false;
                }
            }
            return pages.firstUnmapped(mappings) == pages.end();
        } catch (IOException e) {
            return false;
        }
    }

    private int populated(long start, long length) {
        return libc.mlock(start, length) == 0 ? 0 : libc.errno();
    }

    /** Probes, as a return code is not proof. */
    private boolean isLocked(Range pages) {
        return isNotRefuted(pages.start()) && isNotRefuted(pages.end() - pageBytes);
    }

    private boolean isNotRefuted(long page) {
        LockProbe.Answer answer = probe.askTwice(page);
        return answer == LockProbe.Answer.LOCKED || answer == LockProbe.Answer.UNKNOWN;
    }

    private LockFailure failure(Range pages, Manner manner, int errno, boolean isLocked) {
        RangeFailures failures = new RangeFailures(process, limits, pages, manner);
        if (isLocked) {
            return failures.notHidden(errno);
        }
        if (errno == Errno.ENOMEM || errno == Errno.NOT_DONE) {
            try {
                long hole = pages.firstUnmapped(proc.mappings(ProcFs.SELF));
                if (hole != pages.end()) {
                    return failures.hole(hole);
                }
            } catch (IOException e) {
                return failures.callFailed(errno, 0); // then nobody knows more
            }
        }
        return failures.callFailed(errno, chargedBytes(pages));
    }

    /** Returns how much of a range is locked, in RAM or not; 0 if it is not known. */
    private long chargedBytes(Range pages) {
        long charged = 0;
        try {
            for (Range mapped : pages.mapped(proc.mappings(ProcFs.SELF))) {
                charged += probe.isLocked(mapped.start()) ? mapped.length() : 0;
            }
            return charged;
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Lets go of pages. Those that nobody else holds and the agent does not want locked are unlocked.
     *
     * @param manner in which they were locked
     */
    public void unlock(Range pages, Manner manner) {
        held.release(pages, manner);
    }

    /**
     * Asks the kernel how much of some pages is in RAM and locked.
     *
     * @return bytes
     * @throws IOException if {@code maps} or {@code pagemap} cannot be read, or no call tells what is locked
     */
    public long lockedBytes(Range pages) throws IOException {
        long present = 0;
        try (Pagemap pagemap = proc.pagemap(ProcFs.SELF, pageBytes)) {
            for (Range mapped : pages.mapped(proc.mappings(ProcFs.SELF))) {
                LockProbe.Answer answer = probe.ask(mapped.start());
                if (answer == LockProbe.Answer.UNKNOWN) { // which is not 0: lock() takes it for locked
                    throw new IOException("neither msync(2) nor madvise(2) tells whether memory is locked here");
                }
                if (answer == LockProbe.Answer.LOCKED) {
                    present += pagemap.count(mapped.start(), mapped.end(), () -> {})
                            .present();
                }
            }
        }
        return present * pageBytes;
    }
}
