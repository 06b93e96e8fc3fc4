// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Compares the selection with what is locked, and makes it so. Start, attach, heap growth, another library's {@code
 * munlockall} and an operator's unlock all come down to {@link #run}.
 *
 * <p>Not thread-safe.
 */
final class Reconciler {

    /**
     * With no mapping changed, so many locks are probed under rescan, mostly all there are: HotSpot may have given memory
     * back and mapped it anew at the same place. Where there are more, every n-th in turn.
     */
    private static final int PROBED_UNDER_RESCAN = 500;

    /** Where new mappings are born locked only somebody's munlock can take a lock away; a munlockall takes them all. */
    private static final int PROBED_UNDER_FUTURE = 16;

    /** With nothing changed, everything is compared afresh after this many passes. */
    private static final int FULL_PASS_EVERY = 60;

    /**
     * Passes that try again what seemed unlockable: HotSpot may have mapped it anew while it was tried, and maps looks the
     * same.
     */
    private static final int RETRIES = 5;

    /** Looks before a failed call is a failure: memory that changed between a look at it and its turn is nobody's fault. */
    private static final int LOOKS = 3;

    private final MemoryMap map;
    private final LockProbe probe;
    private final GentleCalls calls;
    private final ApplicationLocks applicationLocks;
    private final LongSupplier chargedBytes;
    private final long maxMappings;

    private final Budget budget = new Budget();
    private final Unlockable unlockable = new Unlockable();
    private final Set<Long> ours = new HashSet<>();
    private List<Segment> locked = List.of();
    private Selection lastSelection = Selection.NOTHING;
    private Terms lastTerms;
    private Pass last = Pass.NONE;
    private int passesSinceFull;
    private int passesSinceChange;

    /**
     * A reconciler.
     *
     * @param chargedBytes VmLck now
     * @param maxMappings no mapping is split when there are this many
     */
    Reconciler(
            MemoryMap map,
            LockProbe probe,
            GentleCalls calls,
            ApplicationLocks applicationLocks,
            LongSupplier chargedBytes,
            long maxMappings) {
        this.map = map;
        this.probe = probe;
        this.calls = calls;
        this.applicationLocks = applicationLocks;
        this.chargedBytes = chargedBytes;
        this.maxMappings = maxMappings;
    }

    /** Whether the heap is one that its collector maps anew while it runs: ZGC's. {@code MappingNames} has the name. */
    boolean isHeapRemapped() {
        for (Segment segment : map.segments()) {
            if (segment.region() == Region.HEAP && segment.mapping().path().contains("java_heap")) {
                return true;
            }
        }
        return false;
    }

    /** No mapping is split when the process has this many. */
    long maxMappings() {
        return maxMappings;
    }

    /** What is selected and locked, as of the last pass. */
    List<Segment> locked() {
        return locked;
    }

    /**
     * One pass.
     *
     * @param selection what should be locked
     * @param terms under which limit and how new mappings are born
     * @return what was found and done
     * @throws IOException if {@code /proc/self/maps} cannot be read; nothing was changed
     */
    Pass run(Selection selection, Terms terms) throws IOException {
        boolean changed = map.refresh();
        boolean mayBeLockable = unlockable.count() > 0 && passesSinceChange < RETRIES;
        passesSinceChange = changed ? 0 : passesSinceChange + 1;
        boolean sameWish = selection.equals(lastSelection) && terms.equals(lastTerms);
        boolean known = !changed && !mayBeLockable && sameWish && last.isComplete();
        if (known && ++passesSinceFull < FULL_PASS_EVERY && spotCheck(terms)) {
            last = new Pass(last.mappings(), last.wantedBytes(), last.missingBytes(), 0, 0, 0, 0, false);
            return last;
        }
        unlockable.clear();
        Pass pass = compareAndRepair(selection, terms);
        for (int look = 1; look < LOOKS && pass.errno() != 0 && last.errno() == 0; look++) {
            map.refresh();
            pass = compareAndRepair(selection, terms).after(pass);
        }
        last = pass;
        lastSelection = selection;
        lastTerms = terms;
        passesSinceFull = 0;
        return last;
    }

    private boolean spotCheck(Terms terms) {
        int most = terms.isFuture() ? PROBED_UNDER_FUTURE : PROBED_UNDER_RESCAN;
        int stride = 1 + locked.size() / most;
        for (int i = passesSinceFull % stride; i < locked.size(); i += stride) {
            if (!probe.isLocked(locked.get(i).start())) {
                return false;
            }
        }
        return true;
    }

    private Pass compareAndRepair(Selection selection, Terms terms) throws IOException {
        Map<Region, List<Segment>> missing = new EnumMap<>(Region.class);
        List<Segment> surplus = new ArrayList<>();
        List<Segment> kept = new ArrayList<>();
        Set<Long> stillOurs = new HashSet<>();
        long wantedBytes = 0;
        long largestBytes = 0;
        for (Segment segment : map.segments()) {
            boolean isSelected = selection.contains(segment.region());
            if (unlockable.contains(segment)
                    || isGrowingUnderLimit(segment, terms)
                    || (isSelected && isReserved(segment, terms))) {
                continue;
            }
            boolean isLocked = probe.isLocked(segment.start());
            if (isSelected) {
                wantedBytes += segment.length();
                largestBytes = Math.max(largestBytes, segment.length());
                if (isLocked) {
                    kept.add(segment);
                } else {
                    missing.computeIfAbsent(segment.region(), region -> new ArrayList<>())
                            .add(segment);
                }
            } else if (isLocked && (terms.bornLocked() || ours.contains(segment.start()))) {
                surplus.add(segment);
            }
            if (isLocked && ours.contains(segment.start())) {
                stillOurs.add(segment.start());
            }
        }
        ours.retainAll(stillOurs);

        int lost = missing.isEmpty() ? 0 : lost(missing.values());
        int unlocked = unlock(surplus);
        Repair repair = new Repair();
        if (!missing.isEmpty()) {
            // Somebody else's MCL_FUTURE under a finite limit: HotSpot commits by mapping over what is locked, and the
            // kernel counts both. Leave room, or the JVM dies of EAGAIN.
            long reserve = terms.othersSetFuture() ? largestBytes : 0;
            budget.begin(terms.limitBytes(), chargedBytes.getAsLong(), reserve);
            repair.lockAll(selection, missing, kept);
        }
        locked = kept;
        return new Pass(
                map.mappings(),
                wantedBytes,
                repair.missingBytes,
                repair.newlyLocked,
                lost,
                unlocked,
                repair.errno,
                repair.overMappingBudget);
    }

    /**
     * The stack of the first thread grows by page faults. Locked, each growth counts against the limit, and beyond it the
     * answer is SIGSEGV. Linux {@code mm/vma.c: acct_stack_growth}
     */
    private static boolean isGrowingUnderLimit(Segment segment, Terms terms) {
        return terms.limitBytes() >= 0 && segment.mapping().path().equals("[stack]");
    }

    /**
     * Only reserved: not worth a byte of a limit. Where there is none it is locked too, as mlockall does: malloc's arenas
     * grow into it by mprotect, which keeps the lock.
     */
    private static boolean isReserved(Segment segment, Terms terms) {
        return !segment.mapping().isAccessible() && !terms.isFuture();
    }

    /** Mapped as it was when it was locked: not by HotSpot's doing. */
    private int lost(Iterable<List<Segment>> missing) {
        Set<Segment> lockedBefore = new HashSet<>(locked);
        int lost = 0;
        for (List<Segment> segments : missing) {
            for (Segment segment : segments) {
                lost += lockedBefore.contains(segment) ? 1 : 0;
            }
        }
        return lost;
    }

    private int unlock(List<Segment> surplus) throws IOException {
        int unlocked = 0;
        // Without on-fault smaps shows our locks as it shows the application's. MCL_FUTURE was never set then, so that
        // all of the surplus begins where we locked by name what nobody had locked.
        boolean areOurs = !calls.hasOnFault();
        boolean refreshed = areOurs;
        calls.begin("unlocking", surplus);
        for (Segment segment : surplus) {
            if (!refreshed && !applicationLocks.contains(segment)) {
                applicationLocks.refresh();
                refreshed = true;
            }
            if ((areOurs || !applicationLocks.contains(segment)) && calls.unlock(segment) == 0) {
                ours.remove(segment.start());
                unlocked++;
            }
        }
        return unlocked;
    }

    /** The part of a pass that locks. */
    private final class Repair {
        final Map<Region, Long> missingBytes = new EnumMap<>(Region.class);
        int newlyLocked;
        int errno;
        boolean overMappingBudget;
        private int splits;

        void lockAll(Selection selection, Map<Region, List<Segment>> missing, List<Segment> kept) {
            if (selection.isIndivisible()) {
                budget.admit(
                        selection.regions(),
                        missing.values().stream().mapToLong(Repair::length).sum());
            }
            for (Region region : selection.regions()) {
                List<Segment> segments = missing.getOrDefault(region, List.of());
                if (!selection.isIndivisible()) {
                    budget.admit(List.of(region), length(segments));
                }
                calls.begin("locking " + region.optionName(), segments);
                for (Segment segment : segments) {
                    if (lock(segment)) {
                        kept.add(segment);
                    } else if (!unlockable.contains(segment)) {
                        missingBytes.merge(region, segment.length(), Long::sum);
                    }
                }
            }
        }

        private boolean lock(Segment segment) {
            if (!budget.isAdmitted(segment.region()) || !budget.take(segment.length())) {
                return false;
            }
            boolean splitsMapping = segment.length() != segment.mapping().length();
            if (splitsMapping && map.mappings() + ++splits * 2L > maxMappings) {
                overMappingBudget = true;
                return false;
            }
            int failed = calls.lock(segment);
            // A return code is not proof; and the mapping may be gone by now, which is nobody's fault.
            boolean isLocked = probe.isLocked(segment.start());
            if (!isLocked && failed == 0) { // HotSpot may have mapped it anew in between: not yet unlockable
                failed = calls.lock(segment);
                isLocked = probe.isLocked(segment.start());
            }
            if (isLocked) { // at its start at least
                ours.add(segment.start());
                newlyLocked++;
            } else if (failed == 0) {
                unlockable.add(segment);
            }
            if (failed != 0) {
                errno = failed;
            }
            return isLocked && failed == 0;
        }

        private static long length(List<Segment> segments) {
            long total = 0;
            for (Segment segment : segments) {
                total += segment.length();
            }
            return total;
        }
    }

    /**
     * Under which a pass runs.
     *
     * @param limitBytes the limit on locked mappings, -1 if there is none
     * @param isFuture whether {@code MCL_FUTURE} is in force
     * @param bornLocked whether we set {@code MCL_FUTURE} at any time, so that what is locked and not selected may be ours
     *     though we never locked it by name
     * @param othersSetFuture whether new mappings are born locked though we did not ask for it
     */
    record Terms(long limitBytes, boolean isFuture, boolean bornLocked, boolean othersSetFuture) {}
}
