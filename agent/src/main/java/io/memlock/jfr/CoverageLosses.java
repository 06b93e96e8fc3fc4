// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import io.memlock.reconcile.PassResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Follows, from pass to pass, which selected memory is not locked. */
final class CoverageLosses {

    private final Map<Region, Loss> open = new EnumMap<>(Region.class);
    private final Map<Region, Loss> repaired = new EnumMap<>(Region.class);

    /** When the last pass ended; null before the first. */
    private Long lastPassNanos;

    /** What it wanted locked; null before the first. */
    private Selection lastSelection;

    /** Holds what an event tells of a region. */
    record Lost(Region region, long bytes, String reason, long unlockedNanos, boolean isRelocked) {}

    private static final class Loss {

        private final long sinceNanos;
        private long bytes;
        private String reason;

        Loss(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }

        Lost until(long nowNanos, Region region, boolean isRelocked) {
            return new Lost(region, bytes, reason, nowNanos - sinceNanos, isRelocked);
        }
    }

    /** Takes note of what the pass that runs found unlocked and has locked again. */
    synchronized void foundUnlocked(Segment segment, boolean isByOthers, long nowNanos) {
        Loss loss = repaired.computeIfAbsent(segment.region(), region -> new Loss(since(nowNanos)));
        loss.bytes += segment.length();
        if (isByOthers || loss.reason == null) {
            loss.reason = isByOthers ? "unlocked by another party" : "mapped since the last look, or unlocked";
        }
    }

    /** Nobody has looked between the last pass and this one: memory may have been unlocked since the end of the last. */
    private long since(long nowNanos) {
        return lastPassNanos == null ? nowNanos : lastPassNanos;
    }

    /**
     * Takes the result of a pass.
     *
     * @return the losses that are over
     */
    synchronized List<Lost> passed(Selection selection, PassResult pass, long nowNanos) {
        List<Lost> over = new ArrayList<>();
        // Of what was not selected until now, nothing is lost before this pass.
        long began = selection.equals(lastSelection) ? since(nowNanos) : nowNanos;
        for (Region region : Region.values()) {
            Loss wasRepaired = repaired.remove(region);
            Long missing = pass.missingBytes().get(region);
            if (missing != null) {
                Loss loss = open.computeIfAbsent(region, key -> new Loss(began));
                loss.bytes = Math.max(loss.bytes, missing);
                loss.reason = reason(pass);
                continue;
            }
            Loss loss = open.remove(region);
            if (loss == null) {
                loss = wasRepaired;
            }
            if (loss != null) {
                over.add(loss.until(nowNanos, region, selection.regions().contains(region)));
            }
        }
        lastPassNanos = nowNanos;
        lastSelection = selection;
        return over;
    }

    private static String reason(PassResult pass) {
        if (pass.isOverMappingBudget()) {
            return "as many mappings as the kernel allows";
        }
        return pass.errno() == 0 ? "does not fit under the limit" : Errno.describe(pass.errno());
    }

    /** Notes that there have been passes that this was not told of. A loss goes on until the next pass tells that it is over. */
    synchronized void missedPasses() {
        repaired.clear();
        lastPassNanos = null;
    }

    /** Returns the losses that go on. */
    synchronized List<Lost> goingOn(long nowNanos) {
        List<Lost> lasting = new ArrayList<>();
        open.forEach((region, loss) -> lasting.add(loss.until(nowNanos, region, false)));
        return lasting;
    }
}
