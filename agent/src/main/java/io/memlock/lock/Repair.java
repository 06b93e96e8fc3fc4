// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.Region;
import io.memlock.hotspot.Segment;
import io.memlock.os.Errno;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The calls of one pass: unlocks what is too much, then locks what is missing, as far as it may. */
final class Repair {

    private final Tools tools;
    private final int mappings;

    private final Map<Region, Long> missingBytes = new EnumMap<>(Region.class);
    private int newlyLocked;
    private int unlocked;
    private int errno;
    private boolean overMappingBudget;
    private int splits;

    /**
     * Nothing done yet.
     *
     * @param mappings of the process
     */
    Repair(Tools tools, int mappings) {
        this.tools = tools;
        this.mappings = mappings;
    }

    /**
     * Unlocks what we locked; what the application locked itself stays.
     *
     * @throws IOException if it cannot be told which is which; that far it is done
     */
    void unlockAll(List<Segment> surplus) throws IOException {
        boolean refreshed = false;
        tools.calls.begin("unlocking", surplus);
        for (Segment segment : surplus) {
            if (!refreshed && !tools.applicationLocks.contains(segment)) {
                tools.applicationLocks.refresh();
                refreshed = true;
            }
            if (!tools.applicationLocks.contains(segment) && unlock(segment)) {
                tools.byName.remove(segment);
                unlocked++;
            }
        }
    }

    /** Where the mapping has gone meanwhile, so has its lock. */
    private boolean unlock(Segment segment) {
        int failed = tools.calls.unlock(segment);
        if (failed == 0 && tools.probe.isLocked(segment.start())) {
            failed = Errno.NOT_DONE;
        }
        if (failed != 0 && failed != Errno.ENOMEM) {
            errno = failed;
        }
        return failed == 0;
    }

    /**
     * Locks within a budget.
     *
     * @param kept gets what is locked now
     */
    void lockAll(Selection selection, Map<Region, List<Segment>> missing, Budget budget, List<Segment> kept) {
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
            tools.calls.begin("locking " + region.optionName(), segments);
            for (Segment segment : segments) {
                boolean fits = budget.isAdmitted(region) && budget.take(segment.length()) && maySplit(segment);
                if (fits && lock(segment)) {
                    kept.add(segment);
                } else if (!tools.unlockable.contains(segment)) {
                    missingBytes.merge(region, segment.length(), Long::sum);
                }
            }
        }
    }

    /** Locking a part of a mapping splits it, and the process may have only so many. */
    private boolean maySplit(Segment segment) {
        if (segment.length() == segment.mapping().length() || mappings + ++splits * 2L <= tools.maxMappings) {
            return true;
        }
        overMappingBudget = true;
        return false;
    }

    private boolean lock(Segment segment) {
        int failed = tools.calls.lock(segment);
        // A return code is not proof; and the mapping may be gone by now, which is nobody's fault.
        boolean isLocked = isLocked(segment, failed);
        if (!isLocked && failed == 0) { // HotSpot may have mapped it anew in between: not yet unlockable
            failed = tools.calls.lock(segment);
            isLocked = isLocked(segment, failed);
        }
        if (isLocked) { // at its start at least
            tools.byName.add(segment);
            newlyLocked++;
        } else if (failed == 0 && tools.calls.doWhatTheySay()) {
            tools.unlockable.add(segment);
        } else if (failed == 0) {
            failed = Errno.NOT_DONE;
        }
        if (failed != 0) {
            errno = failed;
        }
        return isLocked && failed == 0;
    }

    private boolean isLocked(Segment segment, int failed) {
        return failed == 0
                ? tools.probe.doubt(segment.start()) == LockProbe.Answer.LOCKED
                : tools.probe.isLocked(segment.start());
    }

    private static long length(List<Segment> segments) {
        long total = 0;
        for (Segment segment : segments) {
            total += segment.length();
        }
        return total;
    }

    /**
     * What was found and done.
     *
     * @param lost segments that somebody else unlocked
     */
    Pass pass(Difference found, int lost) {
        return new Pass(
                mappings, found.wantedBytes(), missingBytes, newlyLocked, lost, unlocked, errno, overMappingBudget);
    }

    /**
     * What all passes work with.
     *
     * @param probe tells what is locked
     * @param calls the calls
     * @param applicationLocks what is not ours to unlock
     * @param byName what is
     * @param unlockable what the kernel never locks
     * @param maxMappings no mapping is split when there are this many
     */
    record Tools(
            LockProbe probe,
            GentleCalls calls,
            ApplicationLocks applicationLocks,
            LockedByName byName,
            Unlockable unlockable,
            long maxMappings) {}
}
