// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.Collections;
import java.util.List;

/**
 * The agent's options, understood.
 *
 * @param text the options as they were given
 * @param selection what to lock
 * @param strategy how new mappings shall be treated
 * @param track whether files are seen as the application maps them
 * @param prefault what to fault in after locking; some of the selection
 * @param onFailure what happens at start when the promise cannot be kept
 * @param intervalMillis the keeper's period
 * @param jmx whether the MXBean is registered
 * @param jfr whether there are events in Java Flight Recorder
 * @param log how much is printed
 */
public record AgentOptions(
        String text,
        Selection selection,
        StrategyChoice strategy,
        boolean track,
        List<Region> prefault,
        OnFailure onFailure,
        long intervalMillis,
        boolean jmx,
        boolean jfr,
        LogLevel log) {

    public AgentOptions withSelection(Selection other) {
        return new AgentOptions(text, other, strategy, track, prefault, onFailure, intervalMillis, jmx, jfr, log);
    }

    public Selection toPrefault() {
        return new Selection(prefault, false, Collections.emptyList(), selection.files());
    }
}
