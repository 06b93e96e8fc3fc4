// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockLimit;
import io.memlock.cgroup.RoomWatch;
import io.memlock.memory.Selection;
import io.memlock.options.AgentOptions;
import io.memlock.options.CurrentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.state.LockFailure;
import io.memlock.state.Strategy;

/**
 * Decides what is to be locked and by which strategy. The decision follows from what the user wants, from the limit,
 * and from the room that is left for files. It watches limit and room while the JVM runs.
 */
public final class Plan {

    /** Passes per look whether a limit applies by now, under rescan without one. */
    private static final int LOOK_AT_LIMIT_EVERY = 5;

    private final LimitProbe limits;
    private final RoomWatch room;
    private final OwnProcess process;
    private final CurrentOptions options;
    private final Notices notices = new Notices();

    /** What to lock; read by the threads of the application, too, when they map files. */
    private volatile Selection selection = Selection.NOTHING;

    private Strategy strategy;
    private volatile LockLimit limit;

    /** Whether something may still be locked of what is to be given back; read by the same threads. */
    private volatile boolean isGivingBack;

    private LockFailure heldBack;
    private boolean isDroppedByAThread;
    private boolean isRoomScarce;
    private boolean isHeapTooLarge;
    private int passesSinceLimit;

    /**
     * Plans nothing until {@link #begin}.
     *
     * @param limits finds out how much may be locked
     * @param room what is left for locked memory
     * @param process tells whether a capability counts
     * @param options replaced as soon as others are to be followed, so that whoever goes by them never sees both what came of
     *     the new ones and the old ones
     */
    public Plan(LimitProbe limits, RoomWatch room, OwnProcess process, CurrentOptions options) {
        this.limits = limits;
        this.room = room;
        this.process = process;
        this.options = options;
    }

    /** Returns the options that are in force. */
    AgentOptions options() {
        return options.get();
    }

    /** Returns what is to be locked: nothing, where what was asked for was refused. */
    Selection selection() {
        return selection;
    }

    /** Returns how new mappings are to be treated; null while nothing is selected. */
    Strategy strategy() {
        return strategy;
    }

    /** Returns how much may be locked as last found out, null before the first time. This is free, and waits for nobody. */
    LockLimit limit() {
        return limit;
    }

    /** Returns what watches the room that is left. */
    RoomWatch room() {
        return room;
    }

    /** Returns the notices for the operator. */
    Notices notices() {
        return notices;
    }

    /** Returns whether {@code CAP_IPC_LOCK} is effective in the calling thread. This waits for nobody. */
    boolean hasCapability() {
        return limits.hasCapability();
    }

    /** Finds out how much may be locked now. The first time, it raises the soft limit to the hard one. */
    LockLimit limitNow() {
        return limit == null ? limits.establish() : limits.again(limit);
    }

    /**
     * Takes what is wanted from now on.
     *
     * @param now how much may be locked
     */
    void begin(AgentOptions wanted, LockLimit now) {
        options.replaceBy(wanted);
        isGivingBack = false;
        heldBack = null;
        selection = wanted.selection();
        isRoomScarce = false;
        limit = now;
        strategy = selection.isEmpty() ? null : Strategy.RESCAN; // also where the room cannot be measured
        if (strategy != null && chooseFuture(RoomWatch.SCARCE_BYTES)) {
            strategy = Strategy.FUTURE;
            // Where an infinite limit may not do, the capability has to be watched.
            limit = process.mayBeMiscounted() ? limit : limits.lift(limit);
        }
    }

    /** Wants nothing from now on, so that what was locked is given back. */
    void end(AgentOptions wanted) {
        options.replaceBy(wanted);
        heldBack = null;
        giveBack();
        if (limit == null) {
            limit = limits.establish();
        }
    }

    /** Wants nothing for as long as there is too little room. */
    void holdBack(LockFailure reason) {
        heldBack = reason;
        giveBack();
        room.oomWatch().hasLetGo(process.nanoTime());
    }

    private void giveBack() {
        isGivingBack = true;
        selection = Selection.NOTHING;
        strategy = null;
    }

    /** Returns why nothing is to be locked though something is selected; null if that is not so. */
    LockFailure heldBack() {
        return heldBack;
    }

    /** Returns whether something may still be locked of what is to be given back. */
    boolean isGivingBack() {
        return isGivingBack;
    }

    /**
     * Takes what an attempt to give everything back came to.
     *
     * @param isSomeLeft whether the next pass has to go on with it
     */
    void gaveBack(boolean isSomeLeft) {
        isGivingBack = isSomeLeft;
    }

    /** Refuses what is asked for: nothing is to be locked. */
    void refuse() {
        selection = Selection.NOTHING;
    }

    /** Takes notice that new mappings cannot be born locked. */
    void rescan() {
        strategy = Strategy.RESCAN;
    }

    /** Returns whether {@code strategy=future} is asked for and not allowed: the JVM would die once a limit is reached. */
    boolean isFutureRefused() {
        return strategy == Strategy.RESCAN && options.get().strategy() == StrategyChoice.FUTURE;
    }

    /**
     * Returns whether a start locks by rescan only because there is too little room for files, and the heap fits. Where it
     * does not, what is locked has to be known from the beginning: it may have to be unlocked in a moment.
     */
    boolean isRoomScarceForFilesOnly() {
        return isRoomScarce && !isHeapTooLarge;
    }

    /**
     * Chooses by {@link FutureRule} whether new mappings shall be born locked, and where it needs room, measures that and
     * tells the operator once it is scarce.
     *
     * @param scarceBytes the room with which that is too dangerous
     * @return whether they shall
     */
    private boolean chooseFuture(long scarceBytes) {
        if (!isFutureAllowed() || (isDroppedByAThread && options.get().strategy() == StrategyChoice.AUTO)) {
            return false;
        }
        if (!FutureRule.needsRoom(options.get().strategy(), selection)) {
            return true;
        }
        long left = room.measure();
        boolean wasScarce = isRoomScarce;
        isRoomScarce = left < scarceBytes;
        isHeapTooLarge = left <= 0;
        if (isRoomScarce && !wasScarce) {
            notices.add(Failures.scarceRoom(left));
        }
        return !isRoomScarce;
    }

    /**
     * Returns whether new mappings may be born locked as far as a limit goes. Where the kernel may miscount, an infinite limit
     * does not do without the capability, whatever is asked for.
     *
     * @param now how much may be locked
     */
    boolean isFutureAllowed(AgentOptions wanted, LockLimit now) {
        boolean isPrivileged = now.isByCapability() || hasCapabilityThatCounts(now);
        return FutureRule.allows(wanted.strategy(), wanted.selection(), now.isUnlimited(), isPrivileged)
                && (!process.mayBeMiscounted() || hasCapabilityThatCounts(now));
    }

    private boolean isFutureAllowed() {
        return isFutureAllowed(options.get(), limit);
    }

    /**
     * Returns whether the process shows the capability, and is in the first user namespace: in another one it counts for
     * nothing, which shows where the limit is infinite by nothing else.
     */
    private boolean hasCapabilityThatCounts(LockLimit now) {
        return now.hasCapability() && !process.isInUserNamespace();
    }

    /** Returns whether a mapping that is born locked ends no JVM now: no limit applies, to no thread. */
    boolean isBornLockedSafely() {
        return limit.isUnlimited() && !isDroppedByAThread;
    }

    /** Returns whether the limit is to be looked at in this pass, where new mappings are born unlocked. */
    boolean isLimitDue() {
        return !limit.isUnlimited() || ++passesSinceLimit % LOOK_AT_LIMIT_EVERY == 0;
    }

    /**
     * Looks whether the limit has changed. If it came down, MCL_FUTURE has to go at once: the JVM would die at its next
     * commit. If locking has become unlimited, it can be set when everything is locked.
     *
     * @return what follows
     */
    Turn watchLimit() {
        LockLimit before = limit;
        limit = limits.again(before);
        if (strategy == Strategy.FUTURE) {
            return watchPrivilege(before);
        }
        boolean isLifted = limit.isUnlimited() && !before.isUnlimited();
        if (isLifted && chooseFuture(RoomWatch.SCARCE_BYTES)) {
            notices.add(Failures.LIFTED);
            strategy = Strategy.FUTURE;
        }
        return Turn.NONE;
    }

    /** Looks at the limit alone, before MCL_FUTURE is set. */
    Turn confirmLimit() {
        LockLimit before = limit;
        limit = limits.again(before);
        return limit.isUnlimited() && isFutureAllowed() ? Turn.NONE : watchPrivilege(before);
    }

    private Turn turnToLimit(LockLimit before) {
        strategy = Strategy.RESCAN;
        return before.hasCapability() && !limit.hasCapability() ? Turn.LIMIT_BY_DROPPED_CAPABILITY : Turn.LIMIT;
    }

    private Turn watchPrivilege(LockLimit before) {
        if (!limit.isUnlimited()) {
            return turnToLimit(before);
        }
        if (!isFutureAllowed()) {
            strategy = Strategy.RESCAN;
            notices.add(Failures.UNLIMITED_WITHOUT_CAPABILITY);
            return Turn.TO_RESCAN;
        }
        if (limit.isByCapability() && limits.isDroppedByAThread()) {
            isDroppedByAThread = true;
            strategy = Strategy.RESCAN;
            notices.add(Failures.CAPABILITY_DROPPED_BY_A_THREAD);
            return Turn.TO_RESCAN;
        }
        return Turn.NONE;
    }

    /**
     * Looks whether the room has changed, if it is time to. By default new mappings are born locked as long as there is room
     * for what must not stay so.
     *
     * @param nowNanos {@link System#nanoTime}
     * @return what follows
     */
    Turn watchRoom(long nowNanos) {
        if (!room.isMeasureDue(nowNanos)) {
            return Turn.NONE;
        }
        boolean wasScarce = isRoomScarce;
        boolean isBest = chooseFuture(wasScarce ? RoomWatch.AMPLE_BYTES : RoomWatch.VERY_SCARCE_BYTES);
        if (!isBest && strategy == Strategy.FUTURE) {
            strategy = Strategy.RESCAN;
            return Turn.TO_RESCAN;
        }
        if (isBest && wasScarce && strategy == Strategy.RESCAN) {
            notices.add(Failures.ampleRoom());
            strategy = Strategy.FUTURE;
        }
        return Turn.NONE;
    }

    /**
     * Has the room watched while mappings are born locked that must not stay so.
     *
     * @param isBornLocked whether new mappings are
     */
    void watchWhatIsBorn(boolean isBornLocked) {
        room.watch(isBornLocked && !selection.isEverything());
    }

    /** Names what to do about {@code MCL_FUTURE} after a look at the limit or the memory left. */
    enum Turn {
        /** Nothing. */
        NONE,
        /** It has to end: a limit applies. */
        LIMIT,
        /** It has to end: a limit applies, since the process has dropped CAP_IPC_LOCK. */
        LIMIT_BY_DROPPED_CAPABILITY,
        /** It ends, and the operator knows why. */
        TO_RESCAN
    }
}
