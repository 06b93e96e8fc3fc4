// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.reconcile.PassConditions;
import io.memlock.reconcile.PassResult;
import io.memlock.reconcile.Reconciler;
import io.memlock.state.Strategy;
import io.memlock.zgc.ZgcMirrorKeeper;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Brings the process into the state that a {@link Plan} asks for, one pass at a time: every mapping, and ZGC's mirror.
 */
public final class Passes {

    /** Passes an unlock may take, while HotSpot maps memory anew. */
    private static final int UNLOCK_PASSES = 5;

    private final Supplier<Reconciler> maker;
    private final FutureLock future;
    private final ZgcMirrorKeeper zgcMirror;
    private Reconciler reconciler;
    private boolean isLive;

    /**
     * Prepares passes.
     *
     * @param maker makes what looks at mappings and locks them, when it is first needed: a start that locks all there is in
     *     one call does without its classes before {@code main}
     * @param future tells how new mappings are born
     */
    public Passes(Supplier<Reconciler> maker, FutureLock future, ZgcMirrorKeeper zgcMirror) {
        this.maker = maker;
        this.future = future;
        this.zgcMirror = zgcMirror;
    }

    /** Returns what looks at mappings and locks them. */
    synchronized Reconciler reconciler() { // a handle that is closed asks for what it has seen
        if (reconciler == null) {
            reconciler = maker.get();
            if (isLive) {
                reconciler.calls().live();
            }
        }
        return reconciler;
    }

    /** Returns every mapping as of the last look, none before the first. Other threads may ask: this makes nothing. */
    synchronized List<Segment> segmentsSeen() {
        return reconciler == null ? List.of() : reconciler.segments();
    }

    /** Spares the application from now on. Huge pages may have been set up otherwise than before. */
    synchronized void live() {
        isLive = true;
        if (reconciler != null) {
            reconciler.calls().live();
        }
    }

    ZgcMirrorKeeper zgcMirror() {
        return zgcMirror;
    }

    /** Runs one pass: locks what the plan selects and is not locked, and unlocks what is ours and not selected. */
    PassResult run(Plan plan, long nowNanos) throws IOException {
        reassertFuture();
        boolean othersSetFuture = future.isApplications()
                || (plan.strategy() == Strategy.RESCAN && !plan.limit().isUnlimited() && future.isBornLocked());
        if (mayLockAllOfHeap(plan)) {
            zgcMirror.check(nowNanos);
        } else {
            zgcMirror.release(); // before: it is not to be locked, nor told as missing
        }
        PassConditions conditions =
                new PassConditions(plan.limit().effectiveBytes(), future.isInForce(), othersSetFuture);
        return reconciler().run(plan.selection(), conditions);
    }

    /**
     * Unlocks what we locked.
     *
     * @return the last pass, by whose errno and {@link Reconciler#givesBack} it shows whether something is left
     */
    PassResult unlock(Plan plan) throws IOException {
        // A mapping that changed between the look at it and its turn may be unlocked at its start only.
        PassResult pass = PassResult.NONE;
        for (int i = 0; i < 2 || (i < UNLOCK_PASSES && !isAllBack(pass)); i++) {
            pass = reconciler().run(plan.selection(), PassConditions.OF_UNLOCK);
        }
        return pass;
    }

    /** Returns whether an unlock has left nothing locked. */
    boolean isAllBack(PassResult pass) {
        return pass.errno() == 0 && !reconciler().givesBack();
    }

    /**
     * Unlocks what we locked without a pause, because the OOM killer is near: the heap first, and all else by the one call
     * that ends MCL_FUTURE without locking everything once more. Where the application has locked memory itself, that call
     * would unlock it for a moment; then the rest goes in pieces.
     */
    void unlockAtOnce() {
        reconciler().unlockAtOnce();
        if (future.isInForce() && !future.isApplications() && reconciler().isAllOurs()) {
            future.endAtOnce();
        }
    }

    /**
     * Ends MCL_FUTURE, where it is in force.
     *
     * @param plan without a limit, what is unlocked now stays so unless it is wanted
     */
    void endFuture(Plan plan) throws IOException {
        if (!future.isInForce()) {
            return;
        }
        reassertFuture();
        if (plan.isBornLockedSafely() && future.leaveToApplication()) {
            return;
        }
        // Also what is mapped meanwhile, such as the stack of a new thread; and where what follows fails, it may have
        // ended it.
        reconciler().adoptAll();
        // Under a limit at once: the next commit may end the JVM.
        List<Segment> unlocked = plan.limit().isUnlimited() ? reconciler().adoptEverything() : List.of();
        future.end(unlocked, plan.selection(), reconciler());
    }

    private void reassertFuture() {
        if (future.reassert()) {
            reconciler().adoptAll(); // what was born so far is ours, and what comes is the application's
        }
    }

    /**
     * Has the mirror reach as far as ZGC's heap, after a pass: ZGC may unmap what it frees, and a lock cannot hold unmapped
     * memory.
     */
    void mirrorHeap(Plan plan, long nowNanos) {
        if (!mayLockAllOfHeap(plan) || !isHeapRemapped()) {
            return;
        }
        if (future.isApplications() || (!future.isInForce() && future.isBornLocked())) {
            return; // somebody else's MCL_FUTURE may populate what it locks: the holes of the file, too
        }
        String notice = zgcMirror.cover(reconciler().segments(), nowNanos);
        if (notice != null) {
            plan.notices().add(notice);
        }
    }

    /**
     * Populates a part of the mirror of ZGC's heap, where there is one.
     *
     * @return whether there is more
     */
    boolean populateMirror() throws IOException {
        if (!zgcMirror.exists()) {
            return false;
        }
        reconciler().look();
        return zgcMirror.populatePart(reconciler().segments());
    }

    /** Returns whether all that the heap may grow into may be locked: it is selected, and no limit counts it. */
    private static boolean mayLockAllOfHeap(Plan plan) {
        return plan.selection().contains(Region.HEAP) && plan.limit().isUnlimited();
    }

    /** Locks what the heap has grown by, where it is not born locked. */
    void lockGrownHeap(Plan plan) {
        if (plan.strategy() == Strategy.RESCAN && mayLockAllOfHeap(plan)) {
            reconciler().lockHeapAtOnce();
        }
    }

    /** Returns whether locks on the heap will not last, however complete they look now: ZGC's do not under rescan. */
    boolean slipsAway(Plan plan) {
        return plan.strategy() == Strategy.RESCAN
                && plan.selection().contains(Region.HEAP)
                && isHeapRemapped()
                && !zgcMirror.isWhole();
    }

    private boolean isHeapRemapped() {
        return Segment.isAnyRemappedHeap(reconciler().segments());
    }
}
