// SPDX-License-Identifier: Apache-2.0
package io.memlock.reconcile;

import io.memlock.calls.ApplicationLocks;
import io.memlock.calls.ChunkedCalls;
import io.memlock.calls.LockProbe;
import io.memlock.calls.Pause;
import io.memlock.cgroup.RoomWatch;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the selection with what is locked, and corrects the difference. Start, attach, heap growth, another
 * library's {@code munlockall} and an operator's unlock all come down to {@link #run}.
 *
 * <p>Not thread-safe.
 */
public final class Reconciler {

    /**
     * Locks that are probed under rescan when no mapping has changed, mostly all there are: HotSpot may have given memory
     * back and mapped it anew at the same place. Where there are more, every n-th is probed in turn.
     */
    private static final int PROBED_UNDER_RESCAN = 500;

    /** Locks that are probed under future: only a munlock of somebody else ends a lock, and a munlockall ends all. */
    private static final int PROBED_UNDER_FUTURE = 16;

    /** Passes without a change after which everything is compared afresh. */
    private static final int FULL_PASS_EVERY = 120;

    /**
     * Passes per look at maps while all is well. It is read as well whenever more or less is mapped or committed, or the JVM
     * tells that it may be. A mapping over memory of the same kind shows in no count: it need not be seen at once where it
     * is born locked, and a probe finds it unlocked otherwise.
     */
    private static final int LOOK_EVERY = 5;

    /**
     * Passes that try again what seemed unlockable: HotSpot may have mapped it anew while it was tried, and maps looks the
     * same.
     */
    private static final int RETRIES = 5;

    /** Looks while each finds something to unlock: what came while the last was being unlocked is seen by the next. */
    private static final int UNLOCKING_LOOKS = 10;

    /** Looks before a failed call is a failure: memory that changed between a look at it and its turn is nobody's fault. */
    private static final int LOOKS = 3;

    private final Mappings mappings;
    private final Repair.Tools tools;
    private PassListener listener = PassListener.NOBODY;
    private final MemlockBudget budget = new MemlockBudget();

    private List<Segment> locked = List.of();
    private Selection lastSelection = Selection.NOTHING;
    private PassConditions lastConditions;
    private PassResult last = PassResult.NONE;
    private final List<Segment> newlyLocked = new ArrayList<>();
    private boolean sawChange;
    private boolean changesMeanwhile;
    private boolean adopts;
    private boolean givesBack;
    private boolean leavesSome;
    private HeapSpans heapSpans;
    private boolean hasLockedHeap;
    private int passesSinceLook = LOOK_EVERY;
    private int passesSinceFull;
    private int passesSinceChange;

    /**
     * Makes a reconciler.
     *
     * @param room told of each look
     */
    public Reconciler(
            Mappings mappings,
            LockProbe probe,
            ChunkedCalls calls,
            ApplicationLocks applicationLocks,
            RoomWatch room,
            Pause pause) {
        this.mappings = mappings;
        this.tools = new Repair.Tools(probe, calls, applicationLocks, new OwnLocks(), new NeverLocked(), room, pause);
    }

    public void tell(PassListener other) {
        listener = other;
    }

    public ChunkedCalls calls() {
        return tools.calls();
    }

    public LockProbe probe() {
        return tools.probe();
    }

    /** Returns how many mappings the process may have for one of them to be split. */
    public long maxMappings() {
        return mappings.maxMappings();
    }

    /** Returns every mapping, cut into regions, as of the last look. */
    public List<Segment> segments() {
        return mappings.segments();
    }

    /**
     * Looks at the mappings, for others; the next pass compares what has changed.
     *
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    public void look() throws IOException {
        tools.room().begin();
        sawChange |= mappings.refresh();
    }

    /**
     * Unlocks what we had locked at the last look, each segment in one call and with no pause: the OOM killer is near. The heap
     * comes first and unasked, because it is HotSpot's alone. Of the rest, what the application has locked itself stays
     * locked. The next pass finds what is left.
     */
    public void unlockAtOnce() {
        if (hasLockedHeap) { // more than the last pass has seen
            heapSpans.unlockAtOnce(mappings.segments());
        }
        List<Segment> rest = new ArrayList<>();
        for (Segment segment : locked) {
            Segment part = tools.ours().partOf(segment);
            if (part != null && !unlockHeap(part)) {
                rest.add(part);
            }
        }
        try {
            for (Segment segment :
                    tools.applicationLocks().oursAmong(rest, tools.held()).ours()) {
                tools.held().unlockOthers(segment.start(), segment.length());
            }
        } catch (IOException e) {
            // Nobody can tell what is whose. The heap is most of it.
        }
    }

    /**
     * Locks all that the heap may grow into, as far as it is the agent's, each span in a few calls: what has been committed
     * since the last look is locked before it is swapped out. The next pass finds what it was.
     */
    public void lockHeapAtOnce() {
        if (heapSpans == null) { // not on the way to main
            heapSpans = new HeapSpans(tools);
        }
        if (heapSpans.lock(mappings.segments())) {
            hasLockedHeap = true;
            expectChange();
        }
    }

    private boolean unlockHeap(Segment segment) {
        boolean isHeap = segment.region() == Region.HEAP;
        if (isHeap) {
            tools.held().unlockOthers(segment.start(), segment.length());
        }
        return isHeap;
    }

    /** Returns whether nothing is locked but by us, as far as anybody can tell. */
    public boolean isAllOurs() {
        try {
            tools.applicationLocks().refresh(tools.held());
            return tools.applicationLocks().all().isEmpty() && tools.held().isNothing();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what has been locked since the last time this was asked: some of it may have been swapped out before. */
    public List<Segment> takeNewlyLocked() {
        List<Segment> taken = List.copyOf(newlyLocked);
        newlyLocked.clear();
        return taken;
    }

    /**
     * Treats all memory that is locked at the next look as locked by the agent, unless the application locked it
     * without on-fault.
     */
    public void adoptAll() {
        adopts = true;
    }

    /**
     * Looks at everything before new mappings cease to be born locked: what is locked now is ours, unless the application
     * locked it, and so is what is not locked, because ending it takes a call that locks that, too.
     *
     * @return what is not locked
     * @throws IOException if {@code /proc/self/maps} cannot be read
     */
    public List<Segment> adoptEverything() throws IOException {
        look();
        List<Segment> ours = new ArrayList<>();
        List<Segment> unlocked = new ArrayList<>();
        for (Segment segment : mappings.segments()) {
            LockProbe.Answer answer = tools.neverLocked().contains(segment)
                    ? LockProbe.Answer.GONE
                    : tools.probe().ask(segment.start());
            if (answer != LockProbe.Answer.GONE) {
                ours.add(segment);
            }
            if (answer == LockProbe.Answer.UNLOCKED) {
                unlocked.add(segment);
            }
        }
        tools.ours().adopt(ours);
        givesBack = true;
        return unlocked;
    }

    /** Returns whether the next pass is to unlock what the last one may have left. */
    public boolean givesBack() {
        return givesBack;
    }

    /** Has the next pass read maps, because the JVM may have committed or given back memory. */
    public void expectChange() {
        passesSinceLook = LOOK_EVERY;
    }

    /** Returns whether the agent has locked something that was locked still when it was last compared. */
    public boolean hasLocked() {
        return !tools.ours().isEmpty();
    }

    /** Returns what is selected and locked, as of the last pass. */
    public List<Segment> locked() {
        return locked;
    }

    /**
     * Runs one pass.
     *
     * @param selection what should be locked
     * @param conditions under which limit and how new mappings are born
     * @return what was found and done
     * @throws IOException if {@code /proc/self/maps} cannot be read; nothing was changed
     */
    public PassResult run(Selection selection, PassConditions conditions) throws IOException {
        if (heapSpans != null && (conditions.isFuture() || selection.isEmpty())) {
            heapSpans.conditionsChange();
        }
        PassResult pass = lookAndRepair(selection, conditions);
        listener.passed(selection, pass);
        return pass;
    }

    private PassResult lookAndRepair(Selection selection, PassConditions conditions) throws IOException {
        boolean looks = mustLook(conditions);
        if (looks) {
            look();
        }
        boolean changed = sawChange;
        takeInherited();
        boolean mayBeLockable = tools.neverLocked().count() > 0 && passesSinceChange < RETRIES;
        passesSinceChange = changed ? 0 : passesSinceChange + 1;
        boolean sameSelection = selection.equals(lastSelection);
        boolean sameWish = sameSelection && conditions.equals(lastConditions);
        // Whoever unlocked something may have done so while the last pass was beyond the rest of it.
        boolean wasUnlocked = conditions.isFuture() && last.newlyLocked() > 0;
        boolean isSettled = last.isComplete() && last.errno() == 0 && !adopts && !givesBack && !wasUnlocked;
        boolean known = !changed && !mayBeLockable && sameWish && isSettled;
        if (known && ++passesSinceFull < FULL_PASS_EVERY && spotCheck(conditions)) {
            if (looks) {
                tools.room().settle();
            }
            last = new PassResult(last.mappings(), last.wantedBytes(), last.missingBytes(), 0, 0, 0, 0, false);
            return last;
        }
        if (!sameSelection || conditions.areLimitedSince(lastConditions)) {
            givesBack = true;
            budget.reconsider();
        }
        givesBack |= adopts;
        if (!looks) {
            look();
        }
        tools.neverLocked().clear();
        PassResult pass = compareAndRepair(selection, conditions);
        for (int look = 1; look < LOOKS && pass.errno() != 0 && last.errno() == 0; look++) {
            look();
            pass = compareAndRepair(selection, conditions).after(pass);
        }
        last = conditions.isFuture() ? untilNothingIsUnlocked(pass, selection, conditions) : pass;
        givesBack = last.unlocked() > 0 || last.errno() != 0 || leavesSome;
        sawChange = changesMeanwhile; // not before: what follows a look may fail
        passesSinceLook = changesMeanwhile ? LOOK_EVERY : passesSinceLook;
        changesMeanwhile = false;
        lastSelection = selection;
        lastConditions = conditions;
        passesSinceFull = 0;
        return last;
    }

    /** Takes over what handles have let go of. It stays locked as long as it is selected. */
    private void takeInherited() {
        Map.Entry<Long, Long> range = tools.held().firstInherited();
        while (range != null) {
            givesBack = true;
            tools.ours().inherit(range.getKey(), range.getValue());
            tools.held().forgetInherited(range); // not before it is ours: the heap may be full
            range = tools.held().firstInherited();
        }
    }

    private PassResult untilNothingIsUnlocked(PassResult first, Selection selection, PassConditions conditions)
            throws IOException {
        PassResult all = first;
        int unlocked = first.unlocked();
        for (int look = 1; look < UNLOCKING_LOOKS && unlocked > 0; look++) {
            look();
            PassResult next = compareAndRepair(selection, conditions);
            unlocked = next.unlocked();
            all = next.after(all);
        }
        if (unlocked == 0) {
            tools.room().settle();
        } else {
            tools.room().unsettle();
        }
        return all;
    }

    private boolean mustLook(PassConditions conditions) {
        boolean isCalm = last.isComplete() && (conditions.isFuture() || last.newlyLocked() == 0);
        boolean mayWait = isCalm && ++passesSinceLook < LOOK_EVERY;
        if (mayWait && mappings.looksUnchanged()) {
            return false;
        }
        passesSinceLook = 0;
        return true;
    }

    private boolean spotCheck(PassConditions conditions) {
        int most = conditions.isFuture() ? PROBED_UNDER_FUTURE : PROBED_UNDER_RESCAN;
        int stride = 1 + locked.size() / most;
        for (int i = passesSinceFull % stride; i < locked.size(); i += stride) {
            if (!tools.probe().isLocked(locked.get(i).start())) {
                return false;
            }
        }
        return true;
    }

    private PassResult compareAndRepair(Selection selection, PassConditions conditions) throws IOException {
        leavesSome = false;
        boolean unlocks = conditions.isFuture() || givesBack;
        Difference found = compare(selection, conditions, unlocks);
        if (adopts || conditions.areBornOurs()) {
            tools.ours().adopt(found.maybeOurs());
            adopts = false;
        } else {
            tools.ours().retain(found.maybeOurs());
        }
        tools.applicationLocks().retain(found.maybeLocked());
        Repair repair = new Repair(tools, listener, mappings);
        if (unlocks) {
            repair.unlockAll(found.surplus());
            changesMeanwhile |= repair.sawChange();
            leavesSome = changesMeanwhile; // what is locked of a mapping whose start has gone was not asked about
        }
        if (!found.missing().isEmpty()) {
            // Somebody else's MCL_FUTURE under a finite limit: HotSpot commits by mapping over what is locked, and the
            // kernel counts both. Leave room, or the JVM dies of EAGAIN.
            long reserve = conditions.othersSetFuture() ? found.largestBytes() : 0;
            budget.begin(conditions.limitBytes(), mappings.chargedBytes(), reserve);
            try {
                repair.lockAll(
                        selection, found, budget, locksOnlyOthersTake(conditions), isRepeated(selection, conditions));
            } finally { // the next pass finds them locked, whatever ends this one
                newlyLocked.addAll(repair.newlyLocked());
            }
            for (Segment segment : stillThere(repair.vanished())) {
                repair.countStillThere(segment);
            }
        }
        if (hasLockedHeap) {
            takeGrownHeap(found.kept(), isRepeated(selection, conditions));
        }
        locked = found.kept();
        return repair.result(found);
    }

    /**
     * Takes what of the heap has been locked at once since the last pass, which has not seen it.
     *
     * @param isRepeated whether the last pass wanted the same locked
     */
    private void takeGrownHeap(List<Segment> kept, boolean isRepeated) {
        for (Segment part : HeapSpans.grown(locked, kept)) {
            newlyLocked.add(part); // it may have been swapped out before
            if (isRepeated) {
                listener.foundUnlocked(part, false);
            }
        }
        hasLockedHeap = false;
    }

    /** Returns whether the last pass wanted the same locked: under MCL_FUTURE that is also what is not accessible. */
    private boolean isRepeated(Selection selection, PassConditions conditions) {
        return selection.equals(lastSelection)
                && lastConditions != null
                && conditions.isFuture() == lastConditions.isFuture();
    }

    /**
     * Returns the locks that only others can take, because MCL_FUTURE was in force all along: without it, what is mapped
     * anew in the same place is born unlocked.
     */
    private Set<Segment> locksOnlyOthersTake(PassConditions conditions) {
        return conditions.isFuture() && lastConditions != null && lastConditions.isFuture()
                ? new HashSet<>(locked)
                : Set.of();
    }

    /** Compares all segments. What was unmapped after the look is nobody's fault and not missing, but has to be seen. */
    private Difference compare(Selection selection, PassConditions conditions, boolean unlocks) throws IOException {
        Difference found = new Difference(conditions, unlocks, adopts || conditions.areBornOurs(), tools.ours());
        List<Segment> doubtful = new ArrayList<>();
        for (Segment segment : mappings.segments()) {
            if (tools.neverLocked().contains(segment)) {
                continue;
            }
            boolean isSelected = selection.contains(segment);
            if (!found.matters(segment, isSelected)) {
                found.passOver(segment);
                continue;
            }
            LockProbe.Answer answer = tools.probe().ask(segment.start());
            boolean isToBeUnlocked = unlocks && !isSelected && tools.ours().contains(segment);
            if (answer == LockProbe.Answer.GONE || (isToBeUnlocked && answer == LockProbe.Answer.UNLOCKED)) {
                doubtful.add(segment); // since the look its start may have been unmapped, or mapped anew
            } else if (!isSelected && tools.held().holdsAll(segment.start(), segment.end())) {
                found.passOver(segment); // it is locked for somebody, and not ours to unlock
            } else {
                found.add(segment, isSelected, answer == LockProbe.Answer.LOCKED);
            }
        }
        Set<Segment> there = new HashSet<>(stillThere(doubtful));
        for (Segment segment : doubtful) {
            if (there.contains(segment)) {
                found.add(segment, selection.contains(segment), false);
            } else {
                found.addChanged(segment);
            }
        }
        return found;
    }

    /** Looks which segments are still there. The next pass compares what this look finds new. */
    private List<Segment> stillThere(List<Segment> gone) throws IOException {
        if (gone.isEmpty()) {
            return gone;
        }
        changesMeanwhile |= mappings.refresh();
        Set<Segment> now = new HashSet<>(mappings.segments());
        List<Segment> there = new ArrayList<>();
        for (Segment segment : gone) {
            if (now.contains(segment)) {
                there.add(segment);
            }
        }
        return there;
    }
}
