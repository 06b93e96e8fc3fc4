// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Mapping;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Locks and unlocks whole pages, and counts those that handles of {@code io.memlock.api} hold locked. The kernel does not
 * count locks: one munlock ends them all, and it works on whole pages, which neighbours share. mlock(2) So pages are
 * counted here, and all unlocking is done here: a page that a handle holds stays locked.
 *
 * <p>Pages are counted before they are locked, and munlock is called with the counts in hand. So there is no moment in which
 * a page that was just locked for one can be unlocked for another. Locking itself waits for nobody.
 *
 * <p>Safe for use by several threads. It calls nothing that waits for another lock of the agent's but {@link Wanted}. But a
 * release pauses between the pieces that it unlocks, with the counts in hand: who needs them waits until it is done.
 */
public final class HeldPages {

    /** Time of a call that is too short for anybody to wait for. */
    private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** Refusals in one try to lock again what was lost. */
    private static final int MOST_REFUSED = 4;

    private final LibC libc;
    private final LockProbe probe;
    private final long pageBytes;
    private final Maps maps;
    private volatile long pieceBytes = Long.MAX_VALUE;
    private volatile Pause pause = Pause.SLEEP;

    /** Runs by start. None is empty, none overlaps another. */
    private final TreeMap<Long, Run> runs = new TreeMap<>();

    /** The end of each inherited range, by its start. */
    private final TreeMap<Long, Long> inherited = new TreeMap<>();

    private volatile Wanted wanted;
    private boolean isSomeLeft;
    private boolean isSomeLost;

    /** Where {@link #lockLost} goes on. */
    private long nextLost;

    public HeldPages(LibC libc, LockProbe probe, long pageBytes, Maps maps) {
        this.libc = libc;
        this.probe = probe;
        this.pageBytes = pageBytes;
        this.maps = maps;
    }

    /** Neighbouring pages that are held alike. */
    private static final class Run {
        private long end;
        private int holders;
        private int populating;
        private int hiding;

        /** Whether the kernel was told to leave them out of core dumps. */
        private boolean isHidden;

        /** Who had locked them before the first holder came. */
        private Before before = Before.NOBODY;

        /** Whether the kernel could not unlock them when the last holder let go. */
        private boolean isLeft;

        /** Whether they could not be locked again after a call that has unlocked everything. */
        private boolean isLost;

        private Run(long end) {
            this.end = end;
        }

        private Run copy() {
            Run copy = new Run(end);
            copy.holders = holders;
            copy.populating = populating;
            copy.hiding = hiding;
            copy.isHidden = isHidden;
            copy.before = before;
            copy.isLeft = isLeft;
            copy.isLost = isLost;
            return copy;
        }

        /** Returns whether it is here only because an error kept a call that failed from removing it. */
        private boolean isNobodys() {
            return holders == 0 && !isLeft;
        }

        private boolean isLike(Run other) {
            return holders == other.holders
                    && populating == other.populating
                    && hiding == other.hiding
                    && isHidden == other.isHidden
                    && before == other.before
                    && isLeft == other.isLeft
                    && isLost == other.isLost;
        }
    }

    private enum Before {
        NOBODY,
        AGENT,
        APPLICATION
    }

    /**
     * Whole pages.
     *
     * @param start page-aligned
     * @param end page-aligned
     */
    public record Range(long start, long end) {

        public long length() {
            return end - start;
        }

        /**
         * Returns the parts that are mapped, one of each mapping.
         *
         * @param mappings all there are, ascending
         */
        public List<Range> mapped(List<Mapping> mappings) {
            List<Range> mapped = new ArrayList<>();
            for (Mapping mapping : mappings) {
                long from = Math.max(start, mapping.start());
                long to = Math.min(end, mapping.end());
                if (from < to) {
                    mapped.add(new Range(from, to));
                }
            }
            return mapped;
        }

        /**
         * Returns the first address that is not mapped; the end if all of it is.
         *
         * @param mappings all there are, ascending
         */
        public long firstUnmapped(List<Mapping> mappings) {
            long at = start;
            for (Range mapped : mapped(mappings)) {
                if (mapped.start <= at && at < mapped.end) {
                    at = mapped.end;
                }
            }
            return at;
        }
    }

    /**
     * How pages are held.
     *
     * @param isPopulated whether they were populated when they were locked
     * @param isHidden whether they are left out of core dumps
     */
    public record Manner(boolean isPopulated, boolean isHidden) {}

    /** Tells whether the agent wants pages locked, whichever handles hold them. */
    public enum Want {
        /** The agent does not want them locked. */
        NO,

        /** The agent locks them, or the kernel does when they are mapped. */
        YES,

        /** The agent locks what fits of them under a limit. */
        IF_THEY_FIT,

        /** The agent does not want them locked, but they may be locked by its doing: born so, or wanted until a moment ago. */
        BORN_LOCKED
    }

    /** Tells whether the agent wants pages locked. */
    public interface Wanted {

        /**
         * Asks about a range.
         *
         * @param start page-aligned
         * @param end page-aligned
         */
        Want wants(long start, long end);
    }

    /** Sets what is asked, from now on, when a handle is closed. */
    public void askWhetherWanted(Wanted now) {
        wanted = now;
    }

    /**
     * Sets how much one call unlocks: it goes through what is resident, in which nobody else can map memory.
     *
     * @param bytes a multiple of the size of a huge page, so that none is split between two calls
     * @param rest made between two calls
     */
    public void unlockInPieces(long bytes, Pause rest) {
        pieceBytes = bytes;
        pause = rest;
    }

    /**
     * Counts pages as held; the caller locks them then.
     *
     * @throws OutOfMemoryError before anything is counted
     */
    public synchronized void hold(Range pages, Manner manner) {
        try {
            cut(pages);
            fillGaps(pages);
            for (Map.Entry<Long, Run> at = runs.ceilingEntry(pages.start); at != null && at.getKey() < pages.end; ) {
                long end = at.getValue().end;
                if (at.getValue().isNobodys()) {
                    findWhoLocked(at.getKey(), at.getValue());
                }
                at = runs.ceilingEntry(end);
            }
        } catch (RuntimeException | Error e) {
            forgetUnheld(pages);
            throw e;
        }
        // Nothing is allocated from here on.
        for (Run run : within(pages).values()) {
            run.holders++;
            run.populating += manner.isPopulated ? 1 : 0;
            run.hiding += manner.isHidden ? 1 : 0;
        }
    }

    private void findWhoLocked(long start, Run run) {
        run.before = Before.NOBODY;
        if (probe.isPartLocked(start, run.end - start)) {
            // Without an answer nothing is held: what is ours would stay locked for ever.
            Want want = ask(start, run.end);
            if (want == Want.NO) {
                findApplications(start, run.end);
            } else if (want != Want.BORN_LOCKED) {
                run.before = Before.AGENT;
            }
        }
    }

    /** Finds what the application has locked. The pages of a mapping are all locked, or none of them is. */
    private void findApplications(long start, long end) {
        try {
            for (Range mapped : new Range(start, end).mapped(maps.read())) {
                if (probe.isLocked(mapped.start)) {
                    cut(mapped);
                    runs.get(mapped.start).before = Before.APPLICATION;
                }
            }
        } catch (IOException e) {
            runs.get(start).before = Before.APPLICATION; // then none of it is unlocked
        }
    }

    private Want wants(long start, long end) {
        try {
            return ask(start, end);
        } catch (RuntimeException | OutOfMemoryError e) {
            return Want.NO; // the keeper locks again what it wants
        }
    }

    private Want ask(long start, long end) {
        Wanted asked = wanted;
        return asked == null ? Want.NO : asked.wants(start, end);
    }

    /**
     * Leaves pages out of core dumps until the last handle that hides them lets go of them.
     *
     * @param pages held by the caller
     * @return as madvise(2); if that is not 0, some of them may be left out
     * @throws OutOfMemoryError before anything is done
     */
    public synchronized int hide(Range pages) {
        cut(pages);
        for (Run run : within(pages).values()) {
            run.isHidden = true;
        }
        return libc.madvise(pages.start, pages.length(), Linux.MADV_DONTDUMP);
    }

    /**
     * Lets go of pages: those that nobody else holds are unlocked, unless the agent wants them locked or the application had
     * locked them before they were held. What is not mapped any more is passed over. What the kernel cannot unlock, as a
     * mapping cannot be split at {@code vm.max_map_count}, is unlocked by a later call, or by the agent's next pass.
     *
     * @param manner as at {@link #hold}
     * @throws OutOfMemoryError before any count has changed: they count as held, though some may be unlocked already, and can
     *     be let go of again
     */
    public synchronized void release(Range pages, Manner manner) {
        unlockLeft();
        cut(pages);
        Iterator<Run> counts = within(pages).values().iterator(); // not later: it takes memory
        for (Map.Entry<Long, Run> entry : within(pages).entrySet()) {
            Run run = entry.getValue();
            if (manner.isHidden && run.hiding == 1 && run.isHidden) {
                onMapped(Call.SHOW, entry.getKey(), run.end);
            }
            if (run.holders == 1 && run.before != Before.APPLICATION) {
                letGo(entry.getKey(), run, manner.isPopulated);
                isSomeLeft |= run.isLeft;
            }
        }
        while (counts.hasNext()) {
            Run run = counts.next();
            run.holders--;
            run.populating -= manner.isPopulated ? 1 : 0;
            run.hiding -= manner.isHidden ? 1 : 0;
            run.isHidden &= run.hiding > 0;
            if (run.isNobodys()) {
                counts.remove();
            }
        }
        joinIfPossible(pages);
    }

    /** Unlocks what the agent does not want. What it wants is its own from now on, and locked on-fault. */
    private void letGo(long start, Run run, boolean isPopulated) {
        Want want = wants(start, run.end);
        boolean isKept = want == Want.YES || (want == Want.IF_THEY_FIT && run.before == Before.AGENT);
        run.isLeft = false;
        if (!isKept || !inherit(start, run.end)) {
            run.isLeft = !onMapped(Call.UNLOCK, start, run.end) && probe.isPartLocked(start, run.end - start);
        } else if (isPopulated) {
            onMapped(Call.LOCK_ON_FAULT, start, run.end);
        }
    }

    /** Unlocks what could not be unlocked before, up to where that fails again. */
    private void unlockLeft() {
        for (Iterator<Map.Entry<Long, Run>> all = runs.entrySet().iterator(); isSomeLeft && all.hasNext(); ) {
            Map.Entry<Long, Run> entry = all.next();
            Run run = entry.getValue();
            if (run.holders == 0) {
                if (run.isLeft) {
                    letGo(entry.getKey(), run, true);
                }
                if (run.isLeft) {
                    return;
                }
                all.remove();
            }
        }
        isSomeLeft = false;
    }

    private boolean inherit(long start, long end) {
        try {
            inherited.merge(start, end, Math::max);
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private void forgetUnheld(Range pages) {
        Iterator<Run> counts = within(pages).values().iterator();
        while (counts.hasNext()) { // no lambda, which may fail where it is linked for the first time in a full heap
            if (counts.next().isNobodys()) {
                counts.remove();
            }
        }
    }

    /**
     * Returns the first range that is no longer held but stays locked because the agent wants it. The agent must unlock it
     * later. Until {@link #forgetInherited} it is returned again. What nobody wants and could not be unlocked is tried again.
     *
     * @return its end by its start; null if there is none
     */
    public synchronized Map.Entry<Long, Long> firstInherited() {
        unlockLeft();
        return inherited.firstEntry();
    }

    /**
     * Forgets a range that the agent knows to be its own.
     *
     * @param range as {@link #firstInherited} returned it; if it has become longer since, it is returned again
     */
    public synchronized void forgetInherited(Map.Entry<Long, Long> range) {
        inherited.remove(range.getKey(), range.getValue());
    }

    /** Returns whether no page is held, nor left to the agent. */
    public synchronized boolean isNothing() {
        return firstHeld(0) == null && inherited.isEmpty();
    }

    /** Returns whether all pages of a range are held. */
    public synchronized boolean holdsAll(long start, long end) {
        return firstOther(start, end) == end;
    }

    /** Returns whether all pages of a range are held, and none of them was locked by the application before. */
    public synchronized boolean areOfHandlesAlone(long start, long end) {
        if (!holdsAll(start, end)) {
            return false;
        }
        Map.Entry<Long, Run> run = runs.floorEntry(start);
        while (run != null && run.getKey() < end) {
            if (run.getValue().before == Before.APPLICATION) {
                return false;
            }
            run = runs.higherEntry(run.getKey());
        }
        return true;
    }

    /**
     * Finds the first page that is not held.
     *
     * @return its address; {@code end} if all are held
     */
    public synchronized long firstOther(long start, long end) {
        long at = start;
        while (at < end) {
            Map.Entry<Long, Run> run = runs.floorEntry(at);
            if (run == null || run.getValue().end <= at || run.getValue().isNobodys()) {
                return at;
            }
            at = run.getValue().end;
        }
        return end;
    }

    /**
     * Locks whole pages on-fault, by one call, whoever holds them. Waits for nobody.
     *
     * @return 0 or errno
     */
    public int lockOnFault(long start, long length) {
        return libc.mlock2(start, length, Linux.MLOCK_ONFAULT) == 0 ? 0 : libc.errno();
    }

    /**
     * Locks pages of one mapping that is not accessible as {@link #lockOnFault} does. The kernel has nothing to populate
     * there, on-fault or not, and before Linux 5.18 it says so: ENOMEM, after it has locked the mapping. Elsewhere ENOMEM
     * means a hole, the limit or {@code vm.max_map_count}, whatever is locked at both ends.
     *
     * @return 0 or errno
     */
    int lockReserved(long start, long length) {
        int errno = lockOnFault(start, length);
        long last = start + length - pageBytes;
        return errno == Errno.ENOMEM && probe.isLocked(start) && probe.isLocked(last) ? 0 : errno;
    }

    /**
     * Unlocks the pages of a range that nobody holds.
     *
     * @return 0, or errno of the first call that failed
     */
    public synchronized int unlockOthers(long start, long length) {
        long end = start + length;
        for (long at = firstOther(start, end); at < end; ) {
            Long next = firstHeld(at);
            long to = next == null ? end : Math.min(end, next);
            if (libc.munlock(at, to - at) != 0) {
                return libc.errno();
            }
            at = firstOther(to, end);
        }
        return 0;
    }

    /** Returns where the first run begins that is held, from an address on; null if there is none. */
    private Long firstHeld(long from) {
        Map.Entry<Long, Run> run = runs.ceilingEntry(from);
        while (run != null && run.getValue().isNobodys()) {
            run = runs.higherEntry(run.getKey());
        }
        return run == null ? null : run.getKey();
    }

    /**
     * Locks again all that is held, after a call that has unlocked everything or has changed how it is locked. What cannot be
     * locked now, as under a limit that has come down, {@link #lockLost} tries again.
     */
    public synchronized void lockAgain() {
        for (Run run : runs.values()) {
            run.isLost = true; // before the calls, each of which may find the heap full
            isSomeLost = true;
        }
        for (Map.Entry<Long, Run> entry : runs.entrySet()) {
            entry.getValue().isLost = !isLockedAgain(entry.getKey(), entry.getValue());
        }
    }

    /**
     * Locks what {@link #lockAgain} could not. After a few refusals, each of which takes a look at maps, the next call goes on
     * behind them.
     */
    public synchronized void lockLost() {
        if (!isSomeLost) {
            return;
        }
        int refused = 0;
        for (Map.Entry<Long, Run> entry : runs.tailMap(nextLost).entrySet()) {
            Run run = entry.getValue();
            run.isLost = run.isLost && !isLockedAgain(entry.getKey(), run);
            refused += run.isLost ? 1 : 0;
            if (refused == MOST_REFUSED) {
                nextLost = entry.getKey() + 1;
                return;
            }
        }
        isSomeLost = refused > 0 || nextLost > 0;
        nextLost = 0;
    }

    /** Locks a run if it is held, and returns whether there is nothing more to do. */
    private boolean isLockedAgain(long start, Run run) {
        return run.holders == 0 || onMapped(run.populating > 0 ? Call.LOCK : Call.LOCK_ON_FAULT, start, run.end);
    }

    private NavigableMap<Long, Run> within(Range pages) {
        return runs.subMap(pages.start, true, pages.end, false);
    }

    /** Cuts runs so that each lies inside the range or outside. */
    private void cut(Range pages) {
        cutAt(pages.start);
        cutAt(pages.end);
    }

    private void cutAt(long address) {
        Map.Entry<Long, Run> before = runs.lowerEntry(address);
        if (before != null && before.getValue().end > address) {
            runs.put(address, before.getValue().copy());
            before.getValue().end = address;
        }
    }

    private void fillGaps(Range pages) {
        long at = pages.start;
        while (at < pages.end) {
            Run run = runs.get(at);
            if (run == null) {
                Long next = runs.higherKey(at);
                run = new Run(next == null ? pages.end : Math.min(pages.end, next));
                runs.put(at, run);
            }
            at = run.end;
        }
    }

    private void joinIfPossible(Range pages) {
        try {
            join(pages);
        } catch (OutOfMemoryError e) {
            return; // what is not joined counts as well
        }
    }

    /** Joins neighbours that are held alike. */
    private void join(Range pages) {
        Map.Entry<Long, Run> before = runs.lowerEntry(pages.start);
        Map.Entry<Long, Run> at = before == null ? runs.ceilingEntry(pages.start) : before;
        while (at != null && at.getKey() <= pages.end) {
            Map.Entry<Long, Run> next = runs.higherEntry(at.getKey());
            Run run = at.getValue();
            if (next != null && run.end == next.getKey() && run.isLike(next.getValue())) {
                run.end = next.getValue().end;
                runs.remove(next.getKey());
            } else {
                at = next;
            }
        }
    }

    private enum Call {
        LOCK,
        LOCK_ON_FAULT,
        UNLOCK,
        SHOW;

        private boolean locks() {
            return this == LOCK || this == LOCK_ON_FAULT;
        }
    }

    /**
     * Calls on what is mapped of a range: at a hole the kernel stops, so that what lies behind it would be left out.
     *
     * @return whether all calls have done what they should; what is locked and could not be populated is locked
     */
    private boolean onMapped(Call call, long start, long end) {
        if (call(call, start, end - start) == 0) {
            return true;
        }
        if (libc.errno() != Errno.ENOMEM) {
            return call.locks() && probe.isLocked(start);
        }
        boolean isDone = true;
        try {
            for (Range mapped : new Range(start, end).mapped(maps.read())) {
                isDone &= call(call, mapped.start, mapped.length()) == 0
                        || (call.locks() && probe.isLocked(mapped.start));
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return false; // as far as the first hole it is done
        }
        return isDone;
    }

    /**
     * Unlocks in pieces. Where that fails the rest is unlocked by one call, as a mapping that may not be split can be unlocked
     * as a whole.
     */
    private int unlock(long start, long end) {
        long to = start;
        for (long at = start; at < end; at = to) {
            to = Math.min(end, at / pieceBytes * pieceBytes + pieceBytes);
            long begin = System.nanoTime();
            if (libc.munlock(at, to - at) != 0) {
                return to == end ? -1 : libc.munlock(at, end - at);
            }
            if (to < end && System.nanoTime() - begin >= QUICK_NANOS) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
        return 0;
    }

    private int call(Call call, long start, long length) {
        return switch (call) {
            case LOCK -> libc.mlock(start, length);
            case LOCK_ON_FAULT -> libc.mlock2(start, length, Linux.MLOCK_ONFAULT);
            case UNLOCK -> unlock(start, start + length);
            case SHOW -> libc.madvise(start, length, Linux.MADV_DODUMP);
        };
    }
}
