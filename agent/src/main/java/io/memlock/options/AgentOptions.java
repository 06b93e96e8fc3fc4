// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The agent's options, understood.
 *
 * @param mode how the selection was given
 * @param regions with {@link LockMode#REGIONS} what to lock, in the order named; otherwise empty
 * @param exclude with {@link LockMode#ALL} what to leave unlocked; otherwise empty
 * @param strategy how new mappings shall be treated
 * @param track whether files are seen as the application maps them
 * @param prefault what to fault in after locking; some of the selection
 * @param onFailure what happens at start when the promise cannot be kept
 * @param intervalMillis the keeper's period
 * @param jmx whether the MXBean is registered
 * @param log how much is printed
 */
public record AgentOptions(
        LockMode mode,
        List<Region> regions,
        List<Region> exclude,
        StrategyChoice strategy,
        boolean track,
        List<Region> prefault,
        OnFailure onFailure,
        long intervalMillis,
        boolean jmx,
        LogLevel log) {

    /**
     * The regions to lock, the most wanted first: under a finite limit they are locked in this order while they fit.
     *
     * @return distinct regions, unmodifiable
     */
    public List<Region> selection() {
        return mode == LockMode.ALL ? allButExcluded() : regions;
    }

    /**
     * The regions that are left unlocked though the mode is {@code all}.
     *
     * @return empty with any other mode
     */
    public List<Region> excluded() {
        return mode == LockMode.ALL ? exclude : List.of();
    }

    /** Whether nothing is left unlocked, or only files, in which applications keep no secrets. */
    public boolean selectsAllButFiles() {
        List<Region> selection = selection();
        for (Region region : Region.values()) {
            if (region != Region.MAPPED && !selection.contains(region)) {
                return false;
            }
        }
        return true;
    }

    private List<Region> allButExcluded() {
        List<Region> all = new ArrayList<>();
        for (Region region : Region.values()) {
            if (!exclude.contains(region)) {
                all.add(region);
            }
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * The mode in the option's own syntax.
     *
     * @return for example {@code all} or {@code heap+code}
     */
    public String modeText() {
        return switch (mode) {
            case ALL -> "all";
            case NONE -> "none";
            case REGIONS -> Region.joined(regions);
        };
    }
}
