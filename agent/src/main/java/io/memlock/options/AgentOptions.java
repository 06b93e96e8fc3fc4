// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.Collections;
import java.util.List;

/**
 * The agent's options, understood.
 *
 * @param mode how the selection was given
 * @param regions with {@link LockMode#REGIONS} what to lock, in the order named; otherwise empty
 * @param exclude with {@link LockMode#ALL} what to leave unlocked; otherwise empty
 * @param mapped if not empty, of the files that the application maps only those that one of these is for
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
        List<PathGlob> mapped,
        StrategyChoice strategy,
        boolean track,
        List<Region> prefault,
        OnFailure onFailure,
        long intervalMillis,
        boolean jmx,
        LogLevel log) {

    /** What to fault in. */
    public Selection toPrefault() {
        return new Selection(prefault, false, Collections.emptyList(), mapped);
    }

    /** What to lock. */
    public Selection selection() {
        Selection selection = mode == LockMode.ALL ? Selection.allBut(exclude) : Selection.of(regions);
        return selection.withFiles(mapped);
    }
}
