// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.reconcile.PassResult;
import io.memlock.state.LockState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Populates the regions that {@code prefault} names, once they are locked, and knows why that was not done. What only
 * returns something may be called from any thread, the rest from one at a time.
 */
final class Prefaulting {

    private static final String NOTHING_LOCKED = "nothing is locked";

    private static final String FAILED = "the agent failed meanwhile";

    private final Plan plan;
    private final Passes passes;
    private final OwnProcess process;

    /** Why the last start or change did not prefault all it was asked to; null if it did. */
    private volatile String refusal;

    private volatile boolean isGoingOn;

    /** The regions of which the last pass had to leave something unlocked. */
    private volatile Set<Region> incomplete = Set.of();

    /** Populates nothing until it is told to. */
    Prefaulting(Plan plan, Passes passes, OwnProcess process) {
        this.plan = plan;
        this.passes = passes;
        this.process = process;
    }

    /** Returns why what was committed at the start, or at the last change, was not populated as asked; null if it was. */
    String refusal() {
        return refusal;
    }

    /** Returns whether a change populates what is committed at this moment. */
    boolean isGoingOn() {
        return isGoingOn;
    }

    /** Returns whether the last pass had to leave something of a region unlocked that is wanted. */
    boolean isIncomplete(Region region) {
        return incomplete.contains(region);
    }

    /** Takes what a pass has left unlocked. */
    void passed(PassResult pass) {
        incomplete = pass.missingBytes().keySet();
    }

    /** Takes notice that nothing is locked, and so nothing is populated. */
    void nothingIsLocked() {
        refusal = plan.options().prefault().isEmpty() ? null : NOTHING_LOCKED;
    }

    /**
     * Populates before {@code main}, where nobody is disturbed.
     *
     * @param state how much is locked
     * @param isAllLocked whether one call has locked all, so that no pass knows what is
     * @throws IOException if {@code /proc} cannot be read
     */
    void atStart(LockState state, boolean isAllLocked) throws IOException {
        List<Region> wanted = plan.options().prefault();
        if (wanted.isEmpty() || plan.options().selection().isEmpty()) {
            refusal = null;
            return;
        }
        refusal = FAILED; // until more is known
        if (!state.locksSomething()) {
            refusal = NOTHING_LOCKED;
        } else {
            List<Segment> segments = isAllLocked
                    ? selected(process.locate(wanted))
                    : withHugetlb(passes.reconciler().locked(), wanted);
            refusal = refusalOf(process.residency().prefault(segments, wanted), wanted);
        }
    }

    /**
     * Populates while the application runs.
     *
     * @param isOver asked after each piece: whether to stop
     * @throws IOException if {@code /proc} cannot be read
     */
    void live(BooleanSupplier isOver) throws IOException {
        List<Region> wanted = plan.options().prefault();
        if (wanted.isEmpty()) {
            refusal = null;
            return;
        }
        isGoingOn = true;
        try {
            List<Segment> segments = withHugetlb(passes.reconciler().locked(), wanted);
            refusal = refusalOf(process.residency().prefaultLive(segments, wanted, isOver), wanted);
        } finally {
            isGoingOn = false;
        }
    }

    /** Adds the huge pages of hugetlbfs, which are never among what is locked: whether they are populated is to be told. */
    private List<Segment> withHugetlb(List<Segment> locked, List<Region> wanted) throws IOException {
        if (!process.holdsHugetlb()) {
            return locked;
        }
        List<Segment> all = new ArrayList<>(locked);
        for (Segment segment : selected(process.locate(wanted))) {
            if (segment.mapping().isHugetlb()) {
                all.add(segment);
            }
        }
        return all;
    }

    private List<Segment> selected(List<Segment> all) {
        List<Segment> selected = new ArrayList<>();
        for (Segment segment : all) {
            if (plan.selection().contains(segment)) {
                selected.add(segment);
            }
        }
        return selected;
    }

    /** Returns the first of what was told and what is not locked of the regions; null if neither is a reason. */
    private String refusalOf(String told, List<Region> wanted) {
        if (told != null) {
            return told;
        }
        for (Region region : wanted) {
            if (isIncomplete(region)) {
                return "not all of " + region.optionName() + " is locked";
            }
        }
        return null;
    }
}
