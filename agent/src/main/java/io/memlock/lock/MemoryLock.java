// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.calls.HeldPages;
import io.memlock.calls.LockLimit;
import io.memlock.cgroup.RoomWatch;
import io.memlock.memory.Bytes;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.options.AgentOptions;
import io.memlock.options.StrategyChoice;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import io.memlock.state.Strategy;
import io.memlock.state.Verification;
import io.memlock.zgc.HeapView;
import io.memlock.zgc.ViewedHeap;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * The lock on this process: takes it, keeps it, gives it back, and knows how far the promise is kept. All methods may be
 * called from any thread.
 */
public final class MemoryLock {

    private static final String PIECE_BY_PIECE = "mlockall refused, locking piece by piece instead (strategy rescan)";

    /** Passes an unlock may take, while HotSpot maps memory anew. */
    private static final int UNLOCK_PASSES = 5;

    /** Of the view of ZGC's heap that a change populates: 128 GiB where nothing of it is in swap any more. */
    private static final int MOST_VIEW_PARTS = 512;

    /** Under rescan without a limit, whether there is one now is looked at in one pass of so many. */
    private static final int LOOK_AT_LIMIT_EVERY = 5;

    private final LockParts parts;
    private final FutureLock future;
    private final Notices notices = new Notices();
    private final ViewedHeap viewedHeap;

    private AgentOptions options;
    private volatile Selection selection = Selection.NOTHING;
    private Strategy strategy;
    private volatile LockLimit limit;
    private boolean isGivingBack;
    private boolean firstPassDone;
    private boolean hasLockedAll;
    private volatile boolean hasFailedCalls;
    private boolean isDroppedByAThread;
    private int passesSinceEnd;

    /** Since then nobody but us has unlocked what was locked. */
    private volatile boolean hasUnlockedAll;

    private boolean isRoomScarce;
    private int passesSinceLimit;
    private long relockCount;
    private long failureCount;
    private LockFailure lastFailure;
    private String prefaultRefusal;
    private String swapInRefusal;
    private int failedPasses;
    private volatile long periodNanos;
    private volatile LockStatus status;

    /**
     * No lock yet.
     *
     * @param parts what it works with
     */
    public MemoryLock(LockParts parts) {
        this.parts = parts;
        this.future = new FutureLock(parts);
        this.viewedHeap = new ViewedHeap(
                new Supplier<>() { // no lambda: this is on the way to main
                    @Override
                    public HeapView get() {
                        return parts.heapView();
                    }
                });
    }

    /** What is known now; free, and waits for nobody. Null before the first lock. */
    public LockStatus status() {
        LockStatus last = status;
        return last == null ? null : last.asOf(parts.nanoTime(), periodNanos);
    }

    /**
     * Until when the state is to be believed if nobody verifies it again.
     *
     * @return a {@link System#nanoTime}; {@link Long#MAX_VALUE} if it does not age
     */
    public long goodUntilNanos() {
        LockStatus last = status;
        return last.ages() ? last.verified().goodUntilNanos(periodNanos) : Long.MAX_VALUE;
    }

    /**
     * The keeper's intention, by which a verification gets old.
     *
     * @param nanos between two looks
     */
    public void intendsToLookEvery(long nanos) {
        periodNanos = nanos;
    }

    /** What the operator should know though the state may be the same. Each is handed out once. */
    public synchronized List<String> takeNotices() {
        return notices.take();
    }

    /**
     * Why {@code prefault} was not done.
     *
     * @return null if it was done, or not asked for
     */
    public synchronized String prefaultRefusal() {
        return prefaultRefusal;
    }

    /** What {@link #change} was asked for beside the lock and did not do: a line for each, with a newline before it. */
    public synchronized String undone() {
        return (swapInRefusal == null ? "" : "\nnot read back from swap: " + swapInRefusal)
                + (prefaultRefusal == null ? "" : "\nnot prefaulted: " + prefaultRefusal);
    }

    /** Whether new mappings are born locked only for as long as the process keeps CAP_IPC_LOCK; free. */
    public boolean dependsOnCapability() {
        LockLimit now = limit;
        return future.isInForce() && now != null && now.isByCapability();
    }

    /**
     * Ends MCL_FUTURE at once if CAP_IPC_LOCK has gone, without waiting for a pass that runs: the next commit would end the
     * JVM. What fits under the limit the next pass locks again.
     *
     * @return whether it was ended
     */
    public boolean endFutureWithoutCapability() {
        boolean isGone = dependsOnCapability() && !parts.limits().hasCapability();
        if (isGone) {
            hasUnlockedAll = true;
            future.endAtOnce();
        }
        return isGone;
    }

    /**
     * Whether the lock wants a range locked, whoever else holds it. Waits for no pass, and goes by the last look at the
     * mappings: what has changed since, and files that a selection of everything else leaves out, the next pass sets right.
     *
     * @param start page-aligned
     * @param end page-aligned
     */
    HeldPages.Want wants(long start, long end) {
        Selection now = selection;
        LockLimit known = limit;
        if (now.isEmpty()) {
            return HeldPages.Want.NO;
        }
        if (now.isEverythingButFiles() || now.containsAnyOf(parts.reconciler().segments(), start, end)) {
            return known != null && known.isUnlimited() ? HeldPages.Want.YES : HeldPages.Want.IF_THEY_FIT;
        }
        return future.isInForce() ? HeldPages.Want.BORN_LOCKED : HeldPages.Want.NO;
    }

    /** Whether a call of the last pass has failed, so that the next may do what this one did not; free. */
    public boolean hasFailedCalls() {
        return hasFailedCalls;
    }

    /** What is asked for now. */
    public synchronized AgentOptions options() {
        return options;
    }

    /**
     * Locks, before {@code main}. Nobody waits for {@code mmap_lock} yet, so this is done in one call where possible.
     *
     * @param wanted what the user wants
     * @return null if the promise is kept so far, otherwise why not
     */
    public synchronized LockFailure start(AgentOptions wanted) {
        try {
            prepare(wanted, parts.limits().establish());
            LockFailure failure = startLocking();
            if (!wanted.prefault().isEmpty() && !selection.isEmpty()) {
                prefault(
                        future.isInForce() || hasLockedAll
                                ? parts.locate(wanted.prefault())
                                : parts.reconciler().locked(),
                        false);
            }
            return failure;
        } catch (IOException e) {
            return cannotLook(e);
        } finally {
            parts.live();
        }
    }

    private void prepare(AgentOptions wanted, LockLimit established) {
        options = wanted;
        isGivingBack = false;
        selection = Selection.of(wanted);
        isRoomScarce = false;
        limit = established;
        strategy =
                selection.isEmpty() ? null : isFutureBest(RoomWatch.SCARCE_BYTES) ? Strategy.FUTURE : Strategy.RESCAN;
        if (strategy == Strategy.FUTURE) {
            limit = parts.limits().lift(limit);
        }
    }

    /**
     * Whether new mappings shall be born locked. By default only if nothing but files is left out: what is born locked and
     * not selected has to be unlocked, and memory that an application locks on-fault itself looks the same. And only by
     * CAP_IPC_LOCK: an infinite limit can be lowered from outside, and the JVM would die at its next commit.
     *
     * @param scarceBytes the room with which that is too dangerous
     */
    private boolean isFutureBest(long scarceBytes) {
        if (!limit.isUnlimited() || options.strategy() == StrategyChoice.RESCAN) {
            return false;
        }
        if (options.strategy() == StrategyChoice.FUTURE) {
            return true;
        }
        if (!options.selectsAllButFiles() || !isFutureSafe() || isDroppedByAThread) {
            return false;
        }
        if (selection.contains(Region.MAPPED)) {
            return true;
        }
        long left = parts.room().measure(true);
        boolean wasScarce = isRoomScarce;
        isRoomScarce = left < scarceBytes;
        if (isRoomScarce && !wasScarce) {
            notices.add(Failures.scarceRoom(Bytes.text(left)));
        }
        return !isRoomScarce;
    }

    /**
     * Whether nobody from outside can end the JVM by lowering its limit, or that was accepted. A capability counts for
     * nothing in another user namespace than the first, which shows where the limit is infinite by nothing else.
     */
    private boolean isFutureSafe() {
        boolean isPrivileged = limit.isByCapability() || (limit.hasCapability() && !parts.isInUserNamespace());
        return options.strategy() == StrategyChoice.FUTURE || isPrivileged;
    }

    private LockFailure startLocking() throws IOException {
        if (selection.isEmpty()) {
            return settle(Verdict.NOTHING_ASKED, Pass.NONE);
        }
        if (isFutureRefused()) {
            return refuseFuture();
        }
        if (strategy == Strategy.RESCAN) {
            return isRoomScarce && !parts.holdsHugetlb() && lockAllThereIs()
                    ? settle(new Verdict(LockState.LOCKED, null), Pass.NONE)
                    : reconcile();
        }
        if (parts.holdsHugetlb()) {
            return reconcile(); // all the others by name, and then MCL_FUTURE, which touches no mapping
        }
        FutureLock.Outcome outcome = future.setWithAllThereIs();
        if (outcome.isSet()) {
            watchWhatIsBorn();
            return settle(new Verdict(LockState.LOCKED, null), Pass.NONE);
        }
        LockFailure refused = failures().mlockall(outcome, limit);
        if (future.isInForce()) {
            return settle(Verdict.partial(refused), Pass.NONE); // as the kernel says, and nothing shows it
        }
        if (options.strategy() == StrategyChoice.FUTURE) {
            selection = Selection.NOTHING;
            return settle(Verdict.failed(refused), Pass.NONE);
        }
        strategy = Strategy.RESCAN;
        notices.add(failures().newMemory(outcome, limit).text(PIECE_BY_PIECE));
        return reconcile();
    }

    /** Nothing but what is selected is there before {@code main}: one call locks it, without a look at each mapping. */
    private boolean lockAllThereIs() {
        hasLockedAll = future.lockAllThereIs() == 0;
        if (hasLockedAll) {
            parts.reconciler().adoptAll();
        }
        return hasLockedAll;
    }

    /** {@code strategy=future} where a limit applies: the JVM would die once it is reached. */
    private boolean isFutureRefused() {
        return strategy == Strategy.RESCAN && options.strategy() == StrategyChoice.FUTURE;
    }

    private LockFailure refuseFuture() {
        selection = Selection.NOTHING;
        return settle(Verdict.failed(failures().futureUnderLimit(Selection.of(options), limit, false)), Pass.NONE);
    }

    /**
     * Locks something else from now on, without a stall: what is there in small pieces first, then {@code MCL_FUTURE}, then
     * what is in swap is read back.
     *
     * @return null if the promise is kept, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure change(AgentOptions wanted) throws IOException {
        parts.live();
        prefaultRefusal = null;
        swapInRefusal = null;
        if (Selection.of(wanted).isEmpty()) {
            options = wanted;
            return unlock();
        }
        LockLimit now =
                limit == null ? parts.limits().establish() : parts.limits().again(limit);
        if (!selection.isEmpty() && wanted.strategy() == StrategyChoice.FUTURE && !now.isUnlimited()) {
            return failures().futureUnderLimit(Selection.of(wanted), now, true);
        }
        prepare(wanted, now);
        if (isFutureRefused()) {
            return refuseFuture();
        }
        if (strategy == Strategy.RESCAN) {
            endFuture();
        }
        firstPassDone = false;
        LockFailure failure = reconcile();
        swapInRefusal = parts.residency().swapIn(parts.reconciler().locked());
        prefault(parts.reconciler().locked(), true);
        for (int part = 0; part < MOST_VIEW_PARTS && populateView(); part++) {}
        return strategy == Strategy.FUTURE || isFutureRefused() ? failure : reconcile(); // of what came meanwhile, too
    }

    private void endFuture() throws IOException {
        if (hasUnlockedAll) {
            hasUnlockedAll = false;
            parts.reconciler().adoptAll();
        }
        if (future.isInForce()) {
            if (limit.isUnlimited()) {
                future.end(parts.reconciler().adoptEverything());
            } else { // at once: the next commit may end the JVM
                future.end(List.of());
                parts.reconciler().adoptAll();
            }
        }
    }

    /** After what is there has been locked: sets MCL_FUTURE, and locks what came meanwhile. */
    private LockFailure bearLocked(LockFailure failure) throws IOException {
        LockLimit before = limit;
        limit = parts.limits().again(before);
        if (!limit.isUnlimited()) { // it came down meanwhile
            giveUpFuture(before);
            return reconcile();
        }
        FutureLock.Outcome outcome = future.set();
        if (outcome.isSet()) {
            return reconcile();
        }
        LockFailure refused = failures().newMemory(outcome, limit);
        if (future.isInForce()) {
            return settle(Verdict.partial(refused), Pass.NONE);
        }
        strategy = Strategy.RESCAN;
        if (options.strategy() == StrategyChoice.FUTURE) {
            return settle(Verdict.partial(refused), Pass.NONE);
        }
        notices.add(refused.text(PIECE_BY_PIECE));
        status = status.with(strategy);
        return failure;
    }

    private void prefault(List<Segment> locked, boolean isLive) throws IOException {
        prefaultRefusal =
                options.prefault().isEmpty() ? null : parts.residency().prefault(locked, options.prefault(), isLive);
    }

    /**
     * One pass of the keeper.
     *
     * @return null if the promise is kept, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure reconcile() throws IOException {
        if (selection.isEmpty() && !isGivingBack) {
            return status.state() == LockState.FAILED ? lastFailure : null;
        }
        try {
            LockFailure failure = isGivingBack ? giveBack() : compareAndRepair();
            failedPasses = 0;
            return failure;
        } catch (IOException e) {
            cannotLook(e);
            throw e;
        }
    }

    /**
     * The mappings could not be looked at. What was verified before holds for the moment, as one failed look is no news;
     * after the second nobody knows.
     */
    private LockFailure cannotLook(IOException cause) {
        LockFailure failure = failures().unreadable(cause, limit);
        boolean nothing = !future.isInForce() && (status == null || status.state() == LockState.FAILED);
        boolean isNews = ++failedPasses > 1 || !firstPassDone;
        LockState state = nothing ? LockState.FAILED : isNews ? LockState.UNKNOWN : status.state();
        return settle(new Verdict(state, failure), Pass.NONE, status == null ? null : status.verified());
    }

    /**
     * One pass after the JVM told that its memory may have changed.
     *
     * @return as {@link #reconcile}
     * @throws IOException as {@link #reconcile}
     */
    public synchronized LockFailure reconcileAfterChange() throws IOException {
        parts.reconciler().expectChange();
        return reconcile();
    }

    /**
     * How long the keeper may wait until it asks {@link #isPassDue}.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public synchronized long nanosToNextLook(long nowNanos) {
        return parts.room().nanosToNextLook(nowNanos);
    }

    /**
     * Whether so much has been born locked that must not stay so that a pass cannot wait.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public synchronized boolean isPassDue(long nowNanos) {
        return parts.room().isPassDue(nowNanos);
    }

    private LockFailure compareAndRepair() throws IOException {
        long start = parts.nanoTime();
        if (firstPassDone && isLimitDue()) {
            watchLimit();
        }
        if (firstPassDone && parts.room().isMeasureDue(start)) {
            watchRoom();
        }
        if (firstPassDone && strategy == Strategy.RESCAN && isEndDue()) {
            endFuture();
        }
        watchWhatIsBorn();
        future.reassert();
        boolean othersSetFuture = strategy == Strategy.RESCAN
                && !limit.isUnlimited()
                && parts.futureProbe().isBornLocked();
        if (mayViewHeap()) {
            viewedHeap.check(start);
        } else {
            viewedHeap.release(); // before: it is not to be locked, nor told as missing
        }
        Pass pass = parts.reconciler().run(selection, terms(othersSetFuture));
        if (pass.mappings() == 0) {
            throw new IOException("/proc/self/maps is empty"); // everything of nothing would count as locked
        }
        if (firstPassDone) {
            relockCount += pass.newlyLocked();
        }
        if (pass.lost() > 0 && !hasUnlockedAll) {
            notices.unlockedByOthers(pass.lost());
        }
        hasFailedCalls = pass.errno() != 0;
        firstPassDone = true;
        viewHeap();
        LockFailure failure = settle(Verdict.of(pass, failure(pass)), pass);
        return strategy == Strategy.FUTURE && !future.isInForce() ? bearLocked(failure) : failure;
    }

    /** Where it was refused before it is tried again now and then: each try locks all there is for a moment. */
    private boolean isEndDue() {
        return hasUnlockedAll || (future.isInForce() && ++passesSinceEnd % LOOK_AT_LIMIT_EVERY == 0);
    }

    private void watchWhatIsBorn() {
        parts.room().watch(future.isInForce() && !selection.isEverything());
    }

    private boolean mayViewHeap() {
        return selection.contains(Region.HEAP) && limit.isUnlimited();
    }

    /** What ZGC frees it may unmap, and what is mapped nowhere no lock holds. */
    private void viewHeap() {
        if (!mayViewHeap() || !isHeapRemapped()) {
            return;
        }
        if (!future.isInForce() && parts.futureProbe().isBornLocked()) {
            return; // somebody else's MCL_FUTURE may populate what it locks: the holes of the file, too
        }
        String notice = viewedHeap.cover(parts.reconciler().segments(), parts.nanoTime());
        if (notice != null) {
            notices.add(notice);
        }
    }

    /**
     * Populates a part of the view of ZGC's heap, where there is one. After each part others have their turn.
     *
     * @return whether there is more
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    public synchronized boolean populateView() throws IOException {
        if (!viewedHeap.exists()) {
            return false;
        }
        parts.reconciler().look();
        return viewedHeap.populatePart(parts.reconciler().segments());
    }

    private boolean isHeapRemapped() {
        return ViewedHeap.isNeeded(parts.reconciler().segments());
    }

    /** The view of ZGC's heap, to be asked about. */
    public ViewedHeap viewedHeap() {
        return viewedHeap;
    }

    private Terms terms(boolean othersSetFuture) {
        return new Terms(limit.effectiveBytes(), future.isInForce(), othersSetFuture);
    }

    /** Where new mappings are born locked a new limit would end the JVM, and where there is one it is the budget. */
    private boolean isLimitDue() {
        return hasUnlockedAll
                || future.isInForce()
                || !limit.isUnlimited()
                || ++passesSinceLimit % LOOK_AT_LIMIT_EVERY == 0;
    }

    /**
     * Looks whether the limit has changed. If it came down, MCL_FUTURE has to go at once: the JVM would die at its next
     * commit. If locking has become unlimited, it can be set when everything is locked.
     */
    private void watchLimit() throws IOException {
        LockLimit before = limit;
        limit = parts.limits().again(before);
        if (strategy == Strategy.FUTURE && !limit.isUnlimited()) {
            giveUpFuture(before);
        } else if (strategy == Strategy.FUTURE && !isFutureSafe()) {
            strategy = Strategy.RESCAN;
            notices.add("CAP_IPC_LOCK was dropped: what is mapped anew is found and locked by the keeper from now on"
                    + " (strategy rescan), because the limit is infinite, but can be lowered from outside");
            endFuture();
        }
        if (strategy == Strategy.FUTURE
                && limit.isByCapability()
                && parts.limits().isDroppedByAThread()) {
            isDroppedByAThread = true;
            strategy = Strategy.RESCAN;
            notices.add(
                    "a thread has dropped CAP_IPC_LOCK: with MCL_FUTURE left on, its next memory commit could have ended"
                            + " this JVM. MCL_FUTURE is off now, and what is mapped anew is found and locked by the keeper"
                            + " (strategy rescan)");
            endFuture();
        }
        boolean isLifted = strategy == Strategy.RESCAN && limit.isUnlimited() && !before.isUnlimited();
        if (isLifted && isFutureBest(RoomWatch.SCARCE_BYTES)) {
            notices.add("the limit on locked memory was lifted: new mappings are born locked from now on (strategy"
                    + " future)");
            strategy = Strategy.FUTURE;
        }
    }

    /** A limit applies now: the JVM would die at its next commit. */
    private void giveUpFuture(LockLimit before) throws IOException {
        strategy = Strategy.RESCAN;
        boolean isDropped = before.hasCapability() && !limit.hasCapability();
        notices.add(failures()
                .limitShrank(selection, limit)
                .text(isDropped ? "CAP_IPC_LOCK was dropped: a limit applies" : "the limit on locked memory shrank"));
        endFuture();
    }

    /** By default new mappings are born locked as long as there is room for what must not stay so. */
    private void watchRoom() throws IOException {
        boolean wasScarce = isRoomScarce;
        boolean isBest = isFutureBest(wasScarce ? RoomWatch.AMPLE_BYTES : RoomWatch.VERY_SCARCE_BYTES);
        if (!isBest && strategy == Strategy.FUTURE) {
            strategy = Strategy.RESCAN;
            endFuture();
        } else if (isBest && wasScarce && strategy == Strategy.RESCAN) {
            notices.add(Failures.ampleRoom());
            strategy = Strategy.FUTURE;
        }
    }

    private LockFailure failure(Pass pass) {
        if (pass.isComplete() && pass.errno() != 0) {
            return failures().unlock(pass.errno());
        }
        if (pass.isComplete() && strategy == Strategy.RESCAN && future.isInForce()) {
            return failures().endFuture(future.endErrno());
        }
        if (pass.isComplete()) {
            // ZGC's locks do not hold under rescan, however complete they look at this moment.
            boolean slipsAway = strategy == Strategy.RESCAN
                    && selection.contains(Region.HEAP)
                    && isHeapRemapped()
                    && !viewedHeap.isWhole();
            return slipsAway ? failures().zgcUnderRescan(pass, selection, limit) : null;
        }
        if (pass.isOverMappingBudget()) {
            return failures().tooManyMappings(pass);
        }
        if (pass.errno() != 0) {
            return failures().call(pass, selection, limit);
        }
        return failures().doesNotFit(pass, selection, limit);
    }

    /**
     * Gives back what we locked, without a stall; what the application locked itself stays locked throughout. What could not
     * be unlocked {@link #reconcile} tries again.
     *
     * @return null if nothing of ours is locked any more, otherwise why not
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public synchronized LockFailure unlock() throws IOException {
        viewedHeap.release();
        selection = Selection.NOTHING;
        strategy = null;
        if (limit == null) {
            limit = parts.limits().establish();
        }
        isGivingBack = true;
        return giveBack();
    }

    private LockFailure giveBack() throws IOException {
        endFuture();
        // A mapping that changed between the look at it and its turn may be unlocked at its start only.
        Pass pass = Pass.NONE;
        boolean isAllBack = false;
        for (int i = 0; i < 2 || (i < UNLOCK_PASSES && !isAllBack); i++) {
            pass = parts.reconciler().run(selection, Terms.OF_UNLOCK);
            isAllBack = pass.errno() == 0 && !parts.reconciler().givesBack();
        }
        hasFailedCalls = pass.errno() != 0;
        isGivingBack = !isAllBack || future.isInForce();
        if (!isGivingBack) {
            return settle(Verdict.NOTHING_ASKED, Pass.NONE);
        }
        LockFailure failure = future.isInForce()
                ? failures().endFuture(future.endErrno())
                : failures().giveBack(pass.errno());
        return settle(Verdict.partial(failure), Pass.NONE);
    }

    /** Made when there is something to say: a start that goes well needs neither the words nor where the process runs. */
    private Failures failures() {
        return new Failures(parts.place(), parts.reconciler(), parts.chargedBytes());
    }

    private LockFailure settle(Verdict verdict, Pass pass) {
        return settle(verdict, pass, new Verification(parts.nanoTime(), System.currentTimeMillis()));
    }

    private LockFailure settle(Verdict verdict, Pass pass, Verification verified) {
        if (verdict.failure() != null) {
            failureCount++;
            lastFailure = verdict.failure();
        }
        boolean isAsked = verdict.state() != LockState.UNLOCKED && !isGivingBack;
        status = new LockStatus(
                isAsked ? options.modeText() : "none",
                isAsked ? options.excluded() : List.of(),
                strategy,
                verdict.state(),
                limit,
                selection.regions(),
                pass.wantedBytes(),
                pass.totalMissingBytes(),
                relockCount,
                failureCount,
                lastFailure,
                verified);
        return verdict.failure();
    }
}
