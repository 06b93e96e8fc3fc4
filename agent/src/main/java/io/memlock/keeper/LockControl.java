// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.options.AgentOptions;
import io.memlock.report.ProcessNumbers;
import io.memlock.report.RegionReport;
import io.memlock.state.LockStatus;
import java.io.IOException;

/** What is shown of the lock, and what can be asked of it while the JVM runs. */
public interface LockControl {

    /** What is known of the lock; free. */
    LockStatus status();

    /**
     * Until when the state is to be believed if nobody verifies it again.
     *
     * @return a {@link System#nanoTime}; {@link Long#MAX_VALUE} if it does not age
     */
    long goodUntilNanos();

    /** The last scan; null before the first. Free. */
    RegionReport report();

    /**
     * Numbers of the moment, from two small files of {@code /proc}.
     *
     * @throws IOException if they cannot be read
     */
    ProcessNumbers numbers() throws IOException;

    /**
     * Scans, unless somebody has just done so: a scan walks page tables.
     *
     * @throws IOException if smaps cannot be read
     */
    void refresh() throws IOException;

    /**
     * Locks something else from now on, without a stall.
     *
     * @param options in place of all that held so far
     * @param asker who asks, for the log
     * @return what came of it
     * @throws IOException if {@code /proc/self} cannot be read
     */
    LockAnswer lock(AgentOptions options, String asker) throws IOException;

    /**
     * Unlocks what the agent locked, without a stall.
     *
     * @param asker who asks, for the log
     * @return what came of it
     * @throws IOException if {@code /proc/self} cannot be read
     */
    LockAnswer unlock(String asker) throws IOException;

    /**
     * Tells what is locked, what is not and why, and how the regions were found.
     *
     * @return some lines for a person
     * @throws IOException if {@code /proc/self} cannot be read
     */
    String diagnose() throws IOException;
}
