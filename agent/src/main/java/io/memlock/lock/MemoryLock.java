// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.calls.HeldPages;
import io.memlock.calls.LockLimit;
import io.memlock.cgroup.OomWatch;
import io.memlock.memory.AddressRange;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.reconcile.PassResult;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import io.memlock.state.Strategy;
import io.memlock.zgc.ZgcMirrorKeeper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Locks this process, keeps it locked, unlocks it, and knows the state of the lock. All methods may be
 * called from any thread.
 */
public final class MemoryLock {

    /** Passes per try to end MCL_FUTURE where that was refused. */
    private static final int TRY_TO_END_EVERY = 5;

    /** Parts of ZGC's mirror that a change populates: 128 GiB where nothing of it is in swap any more. */
    private static final int MOST_MIRROR_PARTS = 512;

    private static final long SOONEST_PASS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Time that a part of reading back takes at most. */
    private static final long READ_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Plan plan;
    private final FutureLock future;
    private final Passes passes;
    private final OwnProcess process;
    private final Ledger ledger;
    private final ReadingBack readingBack;
    private final Prefaulting prefaulting;

    /** Whether new mappings are not to be born locked before a long work is over. */
    private boolean isFuturePostponed;

    /** Whether a change of the selection is running: what was selected before may still be locked. */
    private volatile boolean isChanging;

    private boolean firstPassDone;
    private boolean hasLockedAll;
    private int passesSinceEnd;
    private int failedPasses;
    private long lastPassNanos;
    private volatile long heapBytes;

    /** What is told that new mappings have begun to be born locked while the JVM runs; null for nobody. */
    private volatile Runnable futureListener;

    /** Whether the agent has unlocked everything at once, so that nobody else is to blame for what is unlocked. */
    private volatile boolean hasUnlockedAll;

    /**
     * Locks nothing until {@link #start} or {@link #change}.
     *
     * @param plan decides what to lock, and by which strategy
     * @param future locks what is mapped anew
     * @param passes lock what is there
     * @param process the one that this is in
     */
    public MemoryLock(Plan plan, FutureLock future, Passes passes, OwnProcess process) {
        this.plan = plan;
        this.future = future;
        this.passes = passes;
        this.process = process;
        this.ledger = new Ledger(plan, process);
        this.readingBack = new ReadingBack(process);
        this.prefaulting = new Prefaulting(plan, passes, process);
    }

    /** Returns what is known now, null before the first lock. This is free, and waits for nobody. */
    public LockStatus status() {
        return ledger.status();
    }

    /** Returns the state as it was last settled, however long ago; null before the first time. This is free. */
    public LockState settledState() {
        return ledger.state();
    }

    /**
     * Returns until when the state can be believed if nobody verifies it again.
     *
     * @return a {@link System#nanoTime}; {@link Long#MAX_VALUE} if it does not age
     */
    public long goodUntilNanos() {
        return ledger.goodUntilNanos();
    }

    /**
     * Takes the keeper's intention, by which a verification gets old.
     *
     * @param nanos between two looks
     */
    public void intendsToLookEvery(long nanos) {
        ledger.intendsToLookEvery(nanos);
    }

    /** Tells a listener each time when new mappings have begun to be born locked, by a change or a pass, on its thread. */
    public void tellWhenFutureIsSet(Runnable listener) {
        futureListener = listener;
    }

    /**
     * Returns whether new mappings are born locked only as long as the process keeps CAP_IPC_LOCK, as far as it shows: a
     * filter may keep from us who has it, and then nobody would see it go. This is free.
     */
    public boolean dependsOnCapability() {
        LockLimit now = plan.limit();
        return future.isInForce()
                && now != null
                && (now.isByCapability() || process.mayBeMiscounted())
                && now.hasCapability();
    }

    /**
     * Ends MCL_FUTURE at once if CAP_IPC_LOCK has gone, without waiting for a pass that runs: the next commit would end the
     * JVM. What fits under the limit the next pass locks again.
     *
     * @return whether it was ended
     */
    public boolean endFutureWithoutCapability() {
        boolean isGone = dependsOnCapability() && !plan.hasCapability();
        if (isGone) {
            hasUnlockedAll = true;
            future.endAtOnce();
        }
        return isGone;
    }

    /**
     * Returns whether the lock wants a range locked, whoever else holds it. Waits for no pass, and goes by the last look at
     * the mappings: what has changed since the next pass sets right.
     *
     * @param start page-aligned
     * @param end page-aligned
     */
    public HeldPages.Want wants(long start, long end) {
        Selection now = plan.selection();
        LockLimit known = plan.limit();
        boolean mayBeLeft = isChanging || plan.isGivingBack(); // what was wanted before may be locked still
        if (now.isEmpty()) {
            return mayBeLeft ? HeldPages.Want.BORN_LOCKED : HeldPages.Want.NO;
        }
        List<Segment> segments = passes.segmentsSeen();
        boolean isNew = !AddressRange.isAnyWithin(segments, start, end);
        if (now.containsAnyOf(segments, start, end) || (isNew && now.isAllButFiles())) {
            return known != null && known.isUnlimited() ? HeldPages.Want.YES : HeldPages.Want.IF_THEY_FIT;
        }
        return mayBeLeft || isBornOurs() ? HeldPages.Want.BORN_LOCKED : HeldPages.Want.NO;
    }

    /** Returns whether new mappings of a region are born locked and must not stay so. This is free. */
    public boolean isBornUnwanted(Region region) {
        return isBornOurs() && !plan.selection().contains(region);
    }

    /** Returns whether new mappings are born locked by the agent's doing. Otherwise the application wants them so. */
    private boolean isBornOurs() {
        return future.isInForce() && !future.isApplications();
    }

    /** Returns the patterns of the mapped files that alone are to be locked, if there are any. This is free. */
    public List<PathGlob> chosenFiles() {
        return plan.selection().files();
    }

    /** Returns whether what was committed at the start, or at the last change, was not populated as asked. This is free. */
    public boolean isPrefaultRefused() {
        return prefaulting.refusal() != null;
    }

    /** Returns whether a change populates what is committed at this moment. This is free. */
    public boolean isPrefaulting() {
        return prefaulting.isGoingOn();
    }

    /** Returns whether the last pass had to leave something of a region unlocked that is wanted. This is free. */
    public boolean isIncomplete(Region region) {
        return prefaulting.isIncomplete(region);
    }

    /**
     * Locks, before {@code main}. Nobody waits for {@code mmap_lock} yet, so this is done in one call where possible.
     *
     * @param wanted what the user wants
     */
    public synchronized Outcome start(AgentOptions wanted) {
        try {
            plan.begin(wanted, plan.limitNow());
            LockFailure failure = startLocking();
            prefaulting.atStart(ledger.state(), future.isInForce() || hasLockedAll);
            return ledger.outcome(failure, null, prefaulting.refusal());
        } catch (IOException e) {
            return ledger.outcome(cannotLook(e), null, null);
        } catch (RuntimeException | Error e) {
            settleAfter(e);
            throw e;
        } finally {
            passes.live();
        }
    }

    private LockFailure startLocking() throws IOException {
        if (plan.selection().isEmpty()) {
            return ledger.settle(LockState.UNLOCKED, null);
        }
        if (plan.isFutureRefused()) {
            return refuseFuture();
        }
        if (plan.strategy() == Strategy.RESCAN) {
            return plan.isRoomScarceForFilesOnly() && mayLockAllByOneCall() && lockAllThereIs()
                    ? ledger.settle(LockState.LOCKED, null)
                    : runPass();
        }
        if (!mayLockAllByOneCall()) {
            return runPass(); // all by name, and then MCL_FUTURE, which touches no mapping
        }
        FutureLock.Attempt attempt = future.setWithAllThereIs();
        if (attempt.isSet()) {
            plan.watchWhatIsBorn(future.isInForce());
            return ledger.settle(LockState.LOCKED, null);
        }
        Failures failures = failures();
        if (future.isInForce()) { // as the kernel says, and nothing shows it
            return ledger.settle(LockState.PARTIAL, failures.mlockall(attempt));
        }
        if (plan.options().strategy() == StrategyChoice.FUTURE) {
            plan.refuse();
            return ledger.settle(LockState.FAILED, failures.mlockall(attempt));
        }
        plan.rescan();
        plan.notices().add(failures.newMemory(attempt).text(Failures.PIECE_BY_PIECE));
        return runPass();
    }

    /** Returns whether one call may lock all: it would populate huge pages, and make its own what others have locked. */
    private boolean mayLockAllByOneCall() {
        return !process.holdsHugetlb() && process.chargedBytes() == 0;
    }

    /**
     * Locks all by one call, without a look at each mapping: only what is selected is there before {@code main}. A return
     * code is not proof; but nothing was charged before.
     */
    private boolean lockAllThereIs() {
        passes.reconciler().adoptAll(); // before: in a full heap nothing may be possible after it
        hasLockedAll = future.lockAllThereIs() == 0 && process.chargedBytes() > 0;
        return hasLockedAll;
    }

    private LockFailure refuseFuture() {
        plan.refuse();
        return ledger.settle(
                LockState.FAILED,
                failures(plan.options().selection(), plan.limit()).futureUnderLimit(false));
    }

    /**
     * Locks something else from now on, without a stall: what is there in small pieces first, then what is in swap is read
     * back, then {@code MCL_FUTURE}. Reading back may take minutes, and a file that is mapped meanwhile must not be born
     * locked.
     *
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized Outcome change(AgentOptions wanted) throws IOException {
        isChanging = true;
        try {
            return changeTo(wanted);
        } catch (RuntimeException | Error e) {
            settleAfter(e);
            throw e;
        } finally {
            isFuturePostponed = false;
            isChanging = false;
        }
    }

    /**
     * Has a state where a start or change ends in the middle, of a full heap for example: what is locked by then has to be
     * kept, and can be unlocked. Before the limit is known, nothing is.
     */
    private void settleAfter(Throwable failure) {
        if (ledger.status() == null && plan.limit() != null) {
            ledger.settleUnverified(LockState.UNKNOWN, LockFailure.ofTheAgent(failure));
        }
    }

    private Outcome changeTo(AgentOptions wanted) throws IOException {
        passes.live();
        if (wanted.selection().isEmpty()) {
            return unlock(wanted);
        }
        LockLimit now = plan.limitNow();
        boolean goesOn = !plan.selection().isEmpty() || plan.isGivingBack();
        if (goesOn && wanted.strategy() == StrategyChoice.FUTURE && !plan.isFutureAllowed(wanted, now)) {
            return ledger.refused(failures(wanted.selection(), now).futureUnderLimit(true));
        }
        boolean isHeapLocked = plan.selection().contains(Region.HEAP);
        plan.begin(wanted, now);
        prefaulting.nothingIsLocked(); // as long as that is so
        if (plan.isFutureRefused()) {
            return ledger.outcome(refuseFuture(), null, prefaulting.refusal());
        }
        OomWatch oomWatch = plan.room().oomWatch();
        if (!isHeapLocked && !oomWatch.isRoomForAll()) { // otherwise it lives with most of it, and is watched
            return ledger.outcome(holdBack(false), null, prefaulting.refusal());
        }
        if (plan.strategy() == Strategy.RESCAN) {
            endFuture();
        }
        firstPassDone = false;
        isFuturePostponed = true;
        runPass();
        boolean isRoom = oomWatch.isRoomForSwapped(); // before: where that cannot be told, what is new waits
        passes.reconciler().takeNewlyLocked(); // which is part of all
        List<Segment> locked = passes.reconciler().locked();
        String swapInRefusal = isRoom ? readingBack.readAll(locked, this::keepMeanwhile) : readingBack.leaveAll(locked);
        if (plan.heldBack() == null) {
            prefaulting.live(this::keepMeanwhile);
        }
        for (int part = 0; part < MOST_MIRROR_PARTS && !keepMeanwhile() && passes.populateMirror(); part++) {}
        isFuturePostponed = false;
        return ledger.outcome(runPass(), swapInRefusal, prefaulting.refusal()); // of what came meanwhile, too
    }

    /**
     * Makes the pass that is due, if there is one, in the midst of a long work: one that cannot wait, or the next of those
     * that verify, which the keeper cannot make meanwhile.
     *
     * @return whether to stop the work, as all is unlocked now
     */
    private boolean keepMeanwhile() {
        long now = process.nanoTime();
        if (isPassDue(now) || now - lastPassNanos >= periodNanos()) {
            try {
                runPass();
            } catch (IOException e) {
                // What is known is settled, and the next pass that is due tries again.
            }
        }
        return plan.heldBack() != null;
    }

    private void endFuture() throws IOException {
        hasUnlockedAll = false;
        firstPassDone &= !future.isInForce(); // which unlocks all: what is locked again was not lost
        passes.endFuture(plan);
    }

    /**
     * Runs one pass of the keeper.
     *
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized Outcome reconcile() throws IOException {
        return ledger.outcome(runPass(), null, null);
    }

    /**
     * Reads back a part of what was swapped out before a pass locked it.
     *
     * @return whether there is more that can be read back now
     * @throws IOException if it cannot be told whether there is room
     */
    public synchronized boolean readBack() throws IOException {
        readingBack.add(passes.reconciler().takeNewlyLocked());
        if (plan.selection().isEmpty()) {
            readingBack.end();
        }
        // Stricter than what a change asks: to swap others out for it takes longer than the page faults that it saves.
        if (readingBack.continueOrEnd() && plan.room().oomWatch().isFreeRoomForSwapped()) {
            long end = process.nanoTime() + READ_BACK_NANOS;
            String refusal = readingBack.readPart(
                    passes.reconciler().locked(), () -> keepMeanwhile() || process.nanoTime() - end >= 0);
            if (refusal != null) {
                plan.notices().add(Failures.notReadBack(refusal));
            }
        }
        return readingBack.isMoreToDo();
    }

    /**
     * Runs one pass after the JVM told that its memory may have changed.
     *
     * @throws IOException as {@link #reconcile}
     */
    public synchronized Outcome reconcileAfterChange() throws IOException {
        passes.reconciler().expectChange();
        return reconcile();
    }

    /** Returns the time between two passes that verify in the midst of a long work: many would make it longer. */
    private long periodNanos() {
        return Math.max(
                SOONEST_PASS_NANOS, TimeUnit.MILLISECONDS.toNanos(plan.options().intervalMillis()));
    }

    /** Returns whether the heap has committed more since this was last asked, or since the first pass. This is free, and waits for nobody. */
    public boolean hasHeapGrown() {
        long before = heapBytes;
        heapBytes = process.heapBytes();
        return heapBytes > before;
    }

    /**
     * Locks what the heap has grown by, without a look at the mappings, where new ones are not born locked: while memory is
     * short, it would be swapped out before a pass finds it.
     */
    public synchronized void lockGrownHeap() {
        if (firstPassDone && process.locksReservedAtOnce()) {
            passes.lockGrownHeap(plan);
        }
    }

    private LockFailure runPass() throws IOException {
        lastPassNanos = process.nanoTime();
        process.held().lockLost();
        if (plan.heldBack() != null && plan.room().oomWatch().isRoomAgain(process.nanoTime())) {
            beginAgain(plan.limitNow(), Failures.ROOM_AGAIN);
        }
        if (plan.selection().isEmpty() && plan.isFutureRefused()) {
            LockLimit now = plan.limitNow();
            if (plan.isFutureAllowed(plan.options(), now)) {
                beginAgain(now, Failures.LIFTED);
            }
        }
        if (plan.selection().isEmpty() && !plan.isGivingBack()) {
            return ledger.state() == LockState.FAILED ? ledger.lastFailure() : null;
        }
        try {
            LockFailure failure =
                    isOutgrown(process.nanoTime()) ? holdBack(true) : plan.isGivingBack() ? giveBack() : lockSelected();
            failedPasses = 0;
            return failure;
        } catch (IOException e) {
            cannotLook(e);
            throw e;
        }
    }

    private void beginAgain(LockLimit limit, String notice) {
        plan.begin(plan.options(), limit);
        plan.notices().add(notice);
        firstPassDone = false;
    }

    /**
     * Settles what is known after the mappings could not be read. What was verified before holds for the moment, as one
     * failed look is no news; after the second nobody knows, nor while what was locked is given back.
     */
    private LockFailure cannotLook(IOException cause) {
        LockState last = ledger.state();
        boolean nothing = !future.isInForce()
                && (last == null || last == LockState.FAILED)
                && !passes.reconciler().hasLocked(); // by the pass that failed
        LockFailure heldBack = plan.heldBack();
        boolean isNews = ++failedPasses > 1 || !firstPassDone || heldBack != null;
        LockState state = nothing ? LockState.FAILED : isNews ? LockState.UNKNOWN : last;
        return ledger.settleUnverified(state, heldBack == null ? failures().unreadable(cause) : heldBack);
    }

    private LockFailure lockSelected() throws IOException {
        long start = process.nanoTime();
        if (firstPassDone || hasUnlockedAll) { // by then a limit applies, which nobody has asked for yet
            watch(start);
        }
        plan.watchWhatIsBorn(future.isInForce());
        heapBytes = firstPassDone ? heapBytes : process.heapBytes(); // before: what comes meanwhile may be missed
        PassResult pass = passes.run(plan, start);
        if (pass.errno() != 0 && isLimitNews()) { // by which it is known what fits, and what to say
            ledger.count(pass, firstPassDone);
            pass = passes.run(plan, start);
        }
        if (pass.lost() > 0 && !hasUnlockedAll) {
            plan.notices().unlockedByOthers(pass.lost());
        }
        ledger.count(pass, firstPassDone);
        firstPassDone = true;
        prefaulting.passed(pass);
        if (isOutgrown(process.nanoTime())) {
            return holdBack(true); // the pass has left the rest
        }
        passes.mirrorHeap(plan, process.nanoTime());
        LockFailure failure = ledger.settle(pass, whyNotKept(pass));
        boolean isFutureMissing = plan.strategy() == Strategy.FUTURE && !future.isInForce();
        return isFutureMissing && !isFuturePostponed ? setFuture(failure) : failure;
    }

    /** Looks whether limit, room and MCL_FUTURE are as they were in the last pass. */
    private void watch(long nowNanos) throws IOException {
        if (hasUnlockedAll || future.isInForce() || plan.isLimitDue()) {
            follow(plan.watchLimit());
        }
        follow(plan.watchRoom(nowNanos));
        if (plan.strategy() == Strategy.RESCAN && isEndDue()) {
            endFuture();
        }
    }

    /** Returns whether the limit has changed since it was last looked at, without MCL_FUTURE in rare passes only. */
    private boolean isLimitNews() {
        LockLimit before = plan.limit();
        return plan.strategy() == Strategy.RESCAN
                && plan.watchLimit() == Plan.Turn.NONE
                && !plan.limit().equals(before);
    }

    private void follow(Plan.Turn turn) throws IOException {
        if (turn == Plan.Turn.LIMIT_BY_DROPPED_CAPABILITY) { // before any look: the next commit may end the JVM
            firstPassDone &= !future.isInForce();
            future.endAtOnce();
        }
        if (turn == Plan.Turn.LIMIT || turn == Plan.Turn.LIMIT_BY_DROPPED_CAPABILITY) {
            plan.notices()
                    .add(failures()
                            .limitShrank()
                            .text(turn == Plan.Turn.LIMIT ? Failures.LOWERED : Failures.LIMITED_WITHOUT_CAPABILITY));
        }
        if (turn != Plan.Turn.NONE) {
            endFuture();
        }
    }

    /** Returns whether to end MCL_FUTURE. Where that was refused it is tried rarely: each try locks all for a moment. */
    private boolean isEndDue() {
        boolean isRefused = future.endErrno() != 0;
        return hasUnlockedAll || (future.isInForce() && (!isRefused || ++passesSinceEnd % TRY_TO_END_EVERY == 0));
    }

    /** Sets MCL_FUTURE once what is there has been locked, and locks what came meanwhile. */
    private LockFailure setFuture(LockFailure failure) throws IOException {
        Plan.Turn turn = plan.confirmLimit();
        if (turn != Plan.Turn.NONE) { // it came down meanwhile
            follow(turn);
            return runPass();
        }
        FutureLock.Attempt attempt = future.set();
        tellFutureListener();
        if (endFutureWithoutCapability()) { // it was dropped meanwhile, when there was nothing to end
            follow(plan.watchLimit());
            plan.rescan(); // also where nobody can ask for the limit just now
            return runPass();
        }
        if (attempt.isSet()) {
            firstPassDone = false; // from now on what is not accessible is locked, too, and was not lost
            return runPass();
        }
        LockFailure refused = failures().newMemory(attempt);
        if (future.isInForce()) {
            return ledger.settle(LockState.PARTIAL, refused);
        }
        plan.rescan();
        if (plan.options().strategy() == StrategyChoice.FUTURE) {
            return ledger.settle(LockState.PARTIAL, refused);
        }
        plan.notices().add(refused.text(Failures.PIECE_BY_PIECE));
        ledger.settleStrategy();
        return failure;
    }

    private void tellFutureListener() {
        Runnable told = futureListener;
        try {
            if (told != null && future.isInForce()) {
                told.run();
            }
        } catch (RuntimeException | Error e) {
            // A full heap, or no thread to be had: the reporter looks within a second.
        }
    }

    /** Returns why the promise is not kept after a pass; null if it is. */
    private LockFailure whyNotKept(PassResult pass) {
        if (pass.isComplete() && pass.errno() != 0) {
            return failures().unlock(pass.errno());
        }
        if (pass.isComplete() && plan.strategy() == Strategy.RESCAN && future.isInForce()) {
            return failures().endFuture(future.endErrno());
        }
        if (pass.isComplete()) {
            return passes.slipsAway(plan) ? failures().zgcUnderRescan() : null;
        }
        if (pass.isOverMappingBudget()) {
            return failures().tooManyMappings(pass);
        }
        if (pass.errno() != 0) {
            return failures().callFailed(pass);
        }
        return failures().doesNotFit(pass);
    }

    /**
     * Gives back what we locked, without a stall; what the application locked itself stays locked throughout. What could not
     * be unlocked {@link #reconcile} tries again.
     *
     * @return a failure unless nothing of ours is locked any more
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized Outcome unlock() throws IOException {
        return unlock(plan.options());
    }

    private Outcome unlock(AgentOptions wanted) throws IOException {
        passes.zgcMirror().release();
        plan.end(wanted);
        return ledger.outcome(giveBack(), null, null);
    }

    /**
     * Locks nothing, because the OOM killer would end the JVM, or nobody would see that it is near.
     *
     * @param isLocked whether something was locked until now
     */
    private LockFailure holdBack(boolean isLocked) throws IOException {
        OomWatch oomWatch = plan.room().oomWatch();
        IOException blindness = isLocked ? oomWatch.whyBlind() : null;
        if (isLocked) {
            passes.unlockAtOnce(); // before any word: a thread may take what is left in a few milliseconds
        }
        if (blindness != null && !future.isApplications()) {
            future.endAtOnce(); // without knowing what else is locked: what comes would be born locked
        }
        prefaulting.nothingIsLocked();
        passes.zgcMirror().release();
        plan.holdBack(
                blindness == null
                        ? failures().outgrown(oomWatch, isLocked)
                        : failures().unwatched(blindness));
        return giveBack();
    }

    private LockFailure giveBack() throws IOException {
        endFuture();
        plan.watchWhatIsBorn(future.isInForce());
        PassResult pass = passes.unlock(plan);
        ledger.count(pass, false);
        plan.gaveBack(!passes.isAllBack(pass) || future.isInForce());
        if (!plan.isGivingBack()) {
            return plan.heldBack() == null
                    ? ledger.settle(LockState.UNLOCKED, null)
                    : ledger.settle(LockState.FAILED, plan.heldBack());
        }
        LockFailure failure = future.isInForce()
                ? failures().endFuture(future.endErrno())
                : failures().giveBack(pass.errno());
        return ledger.settle(LockState.PARTIAL, failure);
    }

    /** Makes the words when there is something to say: a start that goes well needs neither them nor the deployment. */
    private Failures failures() {
        return failures(plan.selection(), plan.limit());
    }

    private Failures failures(Selection selection, LockLimit limit) {
        return new Failures(process.deployment(), passes.reconciler(), process.chargedBytes(), selection, limit);
    }

    /**
     * Returns how long the keeper may wait before it asks {@link #isPassDue}.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public synchronized long nanosToNextLook(long nowNanos) {
        return Math.min(
                plan.room().nanosToNextLook(nowNanos), watchedFor(nowNanos).nanosToNextLook(nowNanos));
    }

    /**
     * Returns whether a pass cannot wait: so much has been born locked that must not stay so, or the OOM killer is near.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public synchronized boolean isPassDue(long nowNanos) {
        return plan.room().isPassDue(nowNanos) || isOutgrown(nowNanos);
    }

    private boolean isOutgrown(long nowNanos) {
        return watchedFor(nowNanos).isOutgrown(nowNanos);
    }

    private OomWatch watchedFor(long nowNanos) {
        OomWatch oomWatch = plan.room().oomWatch();
        oomWatch.watch(!plan.selection().isEmpty(), nowNanos);
        return oomWatch;
    }

    /**
     * Populates a part of ZGC's mirror, where there is one. After each part others have their turn.
     *
     * @return whether there is more
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    public synchronized boolean populateMirror() throws IOException {
        return passes.populateMirror();
    }

    /** Returns whether these are the options that count: a change that was refused leaves those before. */
    public synchronized boolean follows(AgentOptions wanted) {
        return plan.options().equals(wanted);
    }

    /** Returns what keeps the mirror of ZGC's heap. */
    public ZgcMirrorKeeper zgcMirror() {
        return passes.zgcMirror();
    }
}
