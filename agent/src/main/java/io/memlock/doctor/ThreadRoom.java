// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.DeploymentFiles;
import io.memlock.advice.ShellWord;
import io.memlock.cgroup.CgroupLevel;
import io.memlock.cgroup.Cgroups;
import io.memlock.doctor.Attachability.Obstacle;
import io.memlock.files.ProcFormatException;
import io.memlock.os.Linux;
import io.memlock.proc.ProcFs;
import io.memlock.proc.ProcessLimits;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;

/**
 * Checks whether a JVM can start the threads that attaching needs. HotSpot ends the JVM if it cannot start the first of
 * them: {@code AttachListener::init}.
 */
final class ThreadRoom {

    /** The JVM's listener, the agent's two, and a compiler's. */
    private static final long NEEDED = 4;

    private ThreadRoom() {}

    static Obstacle obstacle(ProcFs proc, String pid, ProcessStatus status) throws IOException {
        for (CgroupLevel level : new Cgroups(proc).withController(pid, "pids")) {
            long limit = number(level.files().text("pids.max"));
            long used = number(level.files().text("pids.current"));
            if (limit >= 0 && used >= 0 && limit - used < NEEDED) {
                return noRoom(
                        "its cgroup may have " + limit + " threads and has " + used,
                        "echo " + (limit + 2 * NEEDED) + " | sudo tee "
                                + ShellWord.of(level.directory() + "/pids.max"));
            }
        }
        ProcessLimits.Limit processes = proc.limits(pid).processes();
        long limit = processes.soft();
        if (limit == ProcessLimits.UNLIMITED || isExempt(proc, pid, status)) {
            return null;
        }
        if (DeploymentFiles.isInPidNamespace(proc)) {
            long most = threadsOfHost(proc);
            return most < 0 || limit - most < NEEDED ? notSeen(limit) : null;
        }
        long used = threadsOf(proc, status.realUid());
        return limit - used < NEEDED
                ? noRoom(
                        "its user may have " + limit + " threads and has " + used,
                        "sudo prlimit --pid " + pid + " --nproc=" + processes.raisedTo(used + 2 * NEEDED))
                : null;
    }

    private static Obstacle noRoom(String why, String remedy) {
        return new Obstacle(why + ": it cannot start the threads that attaching needs, and would end", remedy);
    }

    private static Obstacle notSeen(long limit) {
        return new Obstacle(
                "its user may have " + limit + " threads, and how many it has cannot be seen from inside a container:"
                        + " if it could not start the threads that attaching needs, it would end",
                "# run the command on the host, where all threads of that user can be counted");
    }

    /** Only who is root outside of all user namespaces is exempt, and only capabilities there count. */
    private static boolean isExempt(ProcFs proc, String pid, ProcessStatus status) {
        return (status.realUid() == 0 && !proc.isInUserNamespace(ProcFs.SELF))
                || ((status.has(Linux.CAP_SYS_ADMIN) || status.has(Linux.CAP_SYS_RESOURCE))
                        && !proc.isInUserNamespace(pid));
    }

    /**
     * Returns the number of all threads of the host, which a PID namespace does not hide; -1 if it is not known. proc(5), {@code
     * /proc/loadavg}
     */
    private static long threadsOfHost(ProcFs proc) {
        String load = proc.hostFile("/proc/loadavg");
        return load == null ? -1 : number(load.replaceFirst("(?s).*/(\\d+) .*", "$1"));
    }

    private static long threadsOf(ProcFs proc, long uid) throws IOException {
        long threads = 0;
        for (int pid : proc.pids()) {
            try {
                ProcessStatus status = proc.status(Integer.toString(pid));
                threads += status.realUid() == uid ? status.threads() : 0;
            } catch (IOException | ProcFormatException ended) {
                // Its threads are gone with it.
            }
        }
        return threads;
    }

    /** Parses a number; returns -1 for {@code max} and for a file that is missing. */
    private static long number(String text) {
        try {
            return text == null ? -1 : Long.parseLong(text.trim());
        } catch (NumberFormatException unlimited) {
            return -1;
        }
    }
}
