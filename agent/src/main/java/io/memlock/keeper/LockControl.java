// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.options.OptionException;
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
     * @param options as for the agent
     * @param asker who asks, for the log
     * @return what came of it
     * @throws OptionException if the options are not understood; nothing was changed
     * @throws IOException if {@code /proc/self} cannot be read
     */
    LockAnswer lock(String options, String asker) throws OptionException, IOException;

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
