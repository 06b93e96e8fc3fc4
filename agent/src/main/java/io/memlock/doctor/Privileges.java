// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.calls.LockLimit;
import io.memlock.memory.Bytes;
import io.memlock.os.Errno;
import io.memlock.proc.ProcessLimits;
import java.util.List;

/** Checks what the JVM may lock: privilege, limit, user namespace and filter. */
final class Privileges {

    private final ExaminedJvm examined;
    private final LockLimit tried;

    /**
     * Creates the checks.
     *
     * @param tried what locking came to in this very process; null if nothing was tried
     */
    Privileges(ExaminedJvm examined, LockLimit tried) {
        this.examined = examined;
        this.tried = tried;
    }

    List<Finding> findings() {
        return List.of(privilege(), limit(), userNamespace(), seccomp());
    }

    /** Tells what was tried, where something was: {@code CapEff} lies in user namespaces and behind filters. */
    private Finding privilege() {
        String check = "privilege";
        if (tried != null) {
            return tried.isUnlimited()
                    ? Finding.ok(check, "tried: more than any limit allows could be locked")
                    : Finding.note(
                            check,
                            "tried: more than the limit is refused with " + Errno.describe(tried.probeErrno())
                                    + ", CAP_IPC_LOCK is not effective");
        }
        if (examined.isPrivileged()) {
            return Finding.ok(check, "CAP_IPC_LOCK is effective: the limit does not apply");
        }
        return examined.limit().hard() == ProcessLimits.UNLIMITED
                ? Finding.ok(check, "none is needed: there is no limit")
                : Finding.note(check, "CAP_IPC_LOCK is not effective: the limit applies");
    }

    private Finding limit() {
        ProcessLimits.Limit limit = examined.limit();
        String text = "RLIMIT_MEMLOCK soft " + Bytes.limit(limit.soft()) + ", hard " + Bytes.limit(limit.hard());
        if (limit.hard() == ProcessLimits.UNLIMITED) {
            return Finding.ok(
                    "limit", text + (limit.soft() == limit.hard() ? "" : "; the agent raises the soft limit to it"));
        }
        if (tried == null ? examined.isPrivileged() : tried.isUnlimited()) {
            return Finding.ok("limit", text + "; does not apply");
        }
        return Finding.note(
                "limit",
                text
                        + (limit.soft() == limit.hard()
                                ? "; only CAP_SYS_RESOURCE can raise it"
                                : "; the agent raises the soft limit to the hard one"));
    }

    private Finding userNamespace() {
        return examined.deployment().isUserNamespace()
                ? Finding.note(
                        "user namespace", "it runs in one of its own, in which CAP_IPC_LOCK has no effect on locking")
                : Finding.ok("user namespace", "none of its own");
    }

    private Finding seccomp() {
        if (!examined.status().hasFilter()) {
            return Finding.ok("seccomp", "no filter");
        }
        return tried != null && tried.isUnlimited()
                ? Finding.ok("seccomp", "a filter is in force, and allows the calls")
                : Finding.note(
                        "seccomp",
                        "a filter is in force; only a try can tell whether it allows mlock2 and mlockall"
                                + (tried == null ? ": run doctor without a PID where this JVM runs" : ""));
    }
}
