// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.hotspot.JvmFlags;
import io.memlock.proc.ProcessStat;

/**
 * A running JVM, as found.
 *
 * @param pid its process id here
 * @param userId whose it is
 * @param command how it was started
 * @param agent whether a memlock agent runs in it, as a thread of its name tells
 * @param startTicks when it started; another number means another process with the same id
 */
public record Jvm(long pid, long userId, JavaCommand command, boolean agent, long startTicks) {

    public JvmFlags flags() {
        return command.flags();
    }

    /**
     * Tells whether a process is this JVM, and not another that got its id.
     *
     * @param stat of the process that has the id now
     */
    public boolean isStill(ProcessStat stat) {
        return stat.startTicks() == startTicks;
    }

    /** Returns the name that messages call it by. */
    public String title() {
        return "JVM " + pid + " (" + command.name() + ")";
    }
}
