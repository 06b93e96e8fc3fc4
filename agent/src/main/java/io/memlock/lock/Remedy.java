// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

/** What to type. */
final class Remedy {

    private Remedy() {}

    /** How to lift the limit. */
    static String unlimited(LockLimit limit) {
        String shell = limit.hardBytes() == -1
                ? "in the shell that starts java: ulimit -l unlimited"
                : "in /etc/security/limits.conf, then log in again: " + System.getProperty("user.name")
                        + " - memlock unlimited";
        return shell + "\nsystemd: in the unit's [Service] section: LimitMEMLOCK=infinity"
                + "\nDocker: docker run --ulimit memlock=-1:-1 …".replace("…", "...");
    }
}
