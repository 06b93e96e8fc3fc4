// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.HeldPages;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pause;
import io.memlock.cgroup.RoomWatch;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Makes the calls of one pass: unlocks what should not be locked, then locks what is missing, as far as it may. */
final class Repair {

    private static final int UNLOCK_TRIES = 4;

    /** Segments told apart at once, or a part of many mappings: it takes two looks at all of them. */
    private static final int AT_ONCE = 64;

    private static final int PART_AT_ONCE = 4;

    /** Time in which an application that locks what it maps does so. */
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Tools tools;
    private final PassListener listener;
    private final Mappings mappings;
    private final int mappingCount;
    private long maxMappings;

    private final List<Segment> vanished = new ArrayList<>();
    private final Map<Region, Long> missingBytes = new EnumMap<>(Region.class);
    private final List<Segment> newlyLocked = new ArrayList<>();
    private int lost;
    private int unlocked;
    private boolean sawChange;

    /** Why the last call failed that had to succeed; 0 if none did. */
    private int passErrno;

    private boolean isOutgrown;
    private final BooleanSupplier outgrown = new BooleanSupplier() { // no lambda: this may be on the way to main
                @Override
                public boolean getAsBoolean() {
                    isOutgrown |= tools.room.isOutgrown();
                    return isOutgrown;
                }
            };

    private boolean overMappingBudget;
    private int splits;

    /**
     * Prepares the calls of one pass.
     *
     * @param listener hears of each call
     * @param mappings as they are at its beginning
     */
    Repair(Tools tools, PassListener listener, Mappings mappings) {
        this.tools = tools;
        this.listener = listener;
        this.mappings = mappings;
        this.mappingCount = mappings.mappingCount();
        this.maxMappings = mappings.maxMappings();
    }

    /**
     * Unlocks what we locked, the newest first; what the application locked itself stays. A mapping that is new may first be
     * locked by an application that locks what it maps, and has to be seen to be ours before and after a moment for that:
     * once only, it may be another one at the same address, which is being locked just then. If more has come meanwhile that
     * must not wait, the rest is left to the next look.
     *
     * @param surplus ascending
     * @throws IOException if it cannot be told which is which; that far it is done
     */
    void unlockAll(List<Segment> surplus) throws IOException {
        List<Segment> newest = new ArrayList<>(); // the kernel maps downwards: what is ascending begins with the newest
        for (Segment segment : surplus) {
            if (!tools.applicationLocks.isKnown(segment) || !tools.room.isAmple()) {
                newest.add(segment);
            }
        }
        if (newest.isEmpty()) {
            return;
        }
        tools.calls.begin("unlocking", newest);
        List<Segment> ours = newest;
        if (tools.room.isAmple()) {
            ours = oursAmong(newest);
            tools.pause.nanos(MOMENT_NANOS);
        }
        int atOnce = Math.max(AT_ONCE, mappingCount / PART_AT_ONCE);
        for (int from = 0; from < ours.size(); from += atOnce) {
            unlockSome(ours.subList(from, Math.min(ours.size(), from + atOnce)));
            if (tools.room.isPassDue()) {
                return;
            }
        }
    }

    private List<Segment> oursAmong(List<Segment> some) throws IOException {
        ApplicationLocks.Found found = tools.applicationLocks.oursAmong(some, tools.held());
        sawChange |= found.isSomeChanged();
        return found.ours();
    }

    private void unlockSome(List<Segment> some) throws IOException {
        for (Segment segment : oursAmong(some)) {
            if (unlock(segment)) {
                tools.ours.remove(segment);
                unlocked++;
            }
        }
    }

    /** Returns whether something that was to be unlocked has gone or changed since the look. The next look sees to it. */
    boolean sawChange() {
        return sawChange;
    }

    /**
     * Unlocks a segment. Where its mapping has gone meanwhile, so has its lock; where the mapping could not be split, at
     * {@code vm.max_map_count}, the kernel says ENOMEM, too, and it is still locked.
     */
    private boolean unlock(Segment segment) {
        listener.begins(segment, false);
        int errno = tools.calls.unlock(segment);
        // What is locked there now may have been mapped in this moment, and born so; each time that is rare.
        for (int i = 0; i < UNLOCK_TRIES && errno == 0 && isStillLocked(segment); i++) {
            errno = i + 1 < UNLOCK_TRIES ? tools.calls.unlock(segment) : lockedForGoodOrNotDone(segment);
        }
        if (errno != 0 && (errno != Errno.ENOMEM || isStillLocked(segment))) {
            passErrno = errno;
        }
        sawChange |= errno == Errno.ENOMEM; // behind a hole, or behind what is held, there may be more
        listener.ended(errno);
        return errno == 0 && !tools.neverLocked.contains(segment);
    }

    /** Judges a segment that calls have not unlocked, though they succeeded. Returns 0 if the kernel keeps it locked. */
    private int lockedForGoodOrNotDone(Segment segment) {
        try {
            if (tools.applicationLocks.isLockedForGood(segment.mapping())) {
                tools.neverLocked.add(segment);
                return 0;
            }
        } catch (IOException e) {
            // Then nobody knows, and it is told.
        }
        return Errno.NOT_DONE;
    }

    private boolean isStillLocked(Segment segment) {
        long other = tools.held().firstOther(segment.start(), segment.end());
        return other < segment.end() && tools.probe.isLocked(other);
    }

    /**
     * Locks within a budget, and while the JVM has not outgrown its memory: what is in RAM takes a second per GiB.
     *
     * @param found what is missing; what is locked now is added to what is kept
     * @param wasLocked what was locked at the last look, and could only be unlocked by somebody else
     * @param isRepeated whether the last pass wanted the same locked
     */
    void lockAll(
            Selection selection, Difference found, MemlockBudget budget, Set<Segment> wasLocked, boolean isRepeated) {
        if (selection.isIndivisible()) {
            long bytes = 0;
            for (List<Segment> segments : found.missing().values()) {
                bytes += Segment.length(segments);
            }
            budget.admit(selection.regions(), bytes);
        }
        for (Region region : selection.regions()) {
            List<Segment> segments = found.missing().getOrDefault(region, List.of());
            if (!selection.isIndivisible()) {
                budget.admit(List.of(region), Segment.length(segments));
            }
            tools.calls.begin("locking " + region.optionName(), segments);
            for (Segment segment : segments) {
                if (wasLocked.contains(segment) && tools.probe.askTwice(segment.start()) == LockProbe.Answer.LOCKED) {
                    found.kept().add(segment); // what a filter answered once is no reason to accuse anybody
                    continue;
                }
                boolean fits = !outgrown.getAsBoolean()
                        && budget.isAdmitted(region)
                        && budget.take(segment.length())
                        && takeSplit(segment);
                if (fits && lock(segment)) {
                    found.kept().add(segment); // also if it is a part: it has to be unlocked at once
                    if (isOutgrown) {
                        countMissing(segment);
                    }
                    boolean isByOthers = wasLocked.contains(segment);
                    lost += isByOthers ? 1 : 0;
                    if (isRepeated) {
                        listener.foundUnlocked(segment, isByOthers);
                    }
                } else if (fits && isGone(segment)) {
                    vanished.add(segment);
                } else if (!tools.neverLocked.contains(segment)) {
                    countMissing(segment);
                }
            }
        }
    }

    /** Returns what was unlocked and is locked now, at its start at least; after an error, the last may not be. */
    List<Segment> newlyLocked() {
        return newlyLocked;
    }

    /** Returns what seems to have been unmapped before its turn. */
    List<Segment> vanished() {
        return vanished;
    }

    void countMissing(Segment segment) {
        long before = missingBytes.getOrDefault(segment.region(), 0L);
        missingBytes.put(segment.region(), before + segment.length());
    }

    /** Counts a segment as missing that seemed to have vanished, and is there all the same. */
    void countStillThere(Segment segment) {
        countMissing(segment);
        passErrno = Errno.ENOMEM;
    }

    /**
     * Counts the split that locking a part of a mapping makes, where it does.
     *
     * @return whether the process may have so many mappings
     */
    private boolean takeSplit(Segment segment) {
        if (segment.length() == segment.mapping().length()) {
            return true;
        }
        long needed = mappingCount + (long) ++splits * MappingBudget.NEW_BY_A_SPLIT;
        if (needed > maxMappings && !overMappingBudget) {
            maxMappings = mappings.readMaxMappings();
        }
        overMappingBudget |= needed > maxMappings;
        return needed <= maxMappings;
    }

    private boolean lock(Segment segment) {
        listener.begins(segment, true);
        tools.ours.add(segment); // before it is locked: in a full heap nothing may be possible after that
        newlyLocked.add(segment);
        int errno = tools.calls.lock(segment, outgrown);
        // A return code is not proof; and the mapping may be gone by now, which is nobody's fault.
        boolean isLocked = isLocked(segment, errno);
        if (!isLocked && errno == 0) { // HotSpot may have mapped it anew in between: not yet unlockable
            errno = tools.calls.lock(segment, outgrown);
            isLocked = isLocked(segment, errno);
        }
        if (!isLocked) { // not even at its start
            newlyLocked.remove(newlyLocked.size() - 1);
            tools.ours.remove(segment);
            errno = errno == 0 ? neverLockedOrNotDone(segment) : errno;
        }
        if (errno != 0 && !isGone(segment)) {
            passErrno = errno;
        }
        listener.ended(errno);
        return isLocked && errno == 0;
    }

    /** Judges a segment that a call has not locked, though it succeeded. Returns 0 if the kernel never locks such memory. */
    private int neverLockedOrNotDone(Segment segment) {
        if (tools.probe.seesLockOfOwnPage()) {
            tools.neverLocked.add(segment);
            return 0;
        }
        return Errno.NOT_DONE;
    }

    private boolean isLocked(Segment segment, int errno) {
        return errno == 0
                ? tools.probe.askTwice(segment.start()) == LockProbe.Answer.LOCKED
                : tools.probe.isLocked(segment.start());
    }

    private boolean isGone(Segment segment) {
        return tools.probe.ask(segment.start()) == LockProbe.Answer.GONE;
    }

    /** Returns what was found and done. */
    PassResult result(Difference found) {
        return new PassResult(
                mappingCount,
                found.wantedBytes(),
                missingBytes,
                newlyLocked.size(),
                lost,
                unlocked,
                passErrno,
                overMappingBudget);
    }

    /**
     * Holds what all passes use.
     *
     * @param probe tells what is locked
     * @param applicationLocks what is not ours to unlock
     * @param ours what is
     * @param neverLocked what the kernel never locks
     * @param room what is left for locked memory
     */
    record Tools(
            LockProbe probe,
            ChunkedCalls calls,
            ApplicationLocks applicationLocks,
            OwnLocks ours,
            NeverLocked neverLocked,
            RoomWatch room,
            Pause pause) {

        /** Returns what handles hold, which is not ours to unlock either. */
        HeldPages held() {
            return calls.held();
        }
    }
}
