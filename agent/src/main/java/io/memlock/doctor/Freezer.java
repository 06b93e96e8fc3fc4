// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.ShellWord;
import io.memlock.cgroup.CgroupLevel;
import io.memlock.cgroup.Cgroups;
import io.memlock.doctor.Attachability.Obstacle;
import io.memlock.proc.ProcFs;
import java.io.IOException;

/**
 * Checks whether a process is frozen by its cgroup, which {@code /proc/PID/status} does not show. Kernel documentation:
 * cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst (cgroup.freeze).
 */
final class Freezer {

    private Freezer() {}

    /** Looks on the way up from the process's cgroup; null if it is not frozen, or if that cannot be seen. */
    static Obstacle obstacle(ProcFs proc, String pid) throws IOException {
        for (CgroupLevel level : new Cgroups(proc).withController(pid, "freezer")) {
            if (is("1", level, "freezer.self_freezing")) {
                return frozen(level, "THAWED", "freezer.state");
            }
            if (is("1", level, "cgroup.freeze")) {
                return frozen(level, "0", "cgroup.freeze");
            }
        }
        return null;
    }

    private static boolean is(String value, CgroupLevel level, String file) {
        String text = level.files().text(file);
        return text != null && text.trim().equals(value);
    }

    private static Obstacle frozen(CgroupLevel level, String thaw, String file) {
        return new Obstacle(
                "its cgroup is frozen, so the JVM cannot answer",
                "# thaw it with the tool that froze it (docker unpause, systemctl thaw), or:\necho " + thaw
                        + " | sudo tee " + ShellWord.of(level.directory() + "/" + file));
    }
}
