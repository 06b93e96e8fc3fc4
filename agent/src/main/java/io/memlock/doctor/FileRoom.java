// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.doctor.Attachability.Obstacle;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessLimits;
import java.io.IOException;

/**
 * Checks whether a JVM can open the files that attaching needs. If it has no descriptor left for a connection,
 * HotSpot's listener ends, and leaves its socket behind.
 */
final class FileRoom {

    /** The listener's socket, a connection, the agent's jar, and one for the application. */
    private static final long NEEDED = 4;

    private FileRoom() {}

    static Obstacle obstacle(ProcFs proc, String pid) throws IOException {
        ProcessLimits.Limit files = proc.limits(pid).openFiles();
        long limit = files.soft();
        long used = proc.openFiles(pid);
        return limit != ProcessLimits.UNLIMITED && used >= 0 && limit - used < NEEDED
                ? new Obstacle(
                        "it may have " + limit + " files open and has " + used
                                + ": it cannot open the socket and the files that attaching needs",
                        "sudo prlimit --pid " + pid + " --nofile=" + files.raisedTo(used + 2 * NEEDED))
                : null;
    }
}
