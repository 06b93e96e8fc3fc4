// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import java.util.HashMap;
import java.util.Map;

/**
 * The cgroups a process is in: {@code /proc/PID/cgroup}. cgroups(7)
 *
 * @param paths by controller, or {@code name=systemd} and the like, "" for v2; as the reader's cgroup namespace shows them:
 *     they may begin with {@code /..}
 */
public record CgroupMembership(Map<String, String> paths) {

    /**
     * Parses the file, which has a line for each hierarchy: {@code 4:cpu,cpuacct:/path}, or {@code 0::/path} for v2.
     *
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static CgroupMembership parse(Cursor cgroup) {
        Map<String, String> paths = new HashMap<>();
        while (cgroup.nextLine()) {
            cgroup.decimal();
            cgroup.expect(':');
            String controllers = cgroup.upTo(':');
            if (cgroup.peek() != '/') {
                throw cgroup.malformed("a path that begins with '/'");
            }
            String path = cgroup.rest();
            for (String controller : controllers.split(",", -1)) {
                paths.put(controller, path);
            }
        }
        return new CgroupMembership(paths);
    }

    /**
     * Returns the cgroup in a v1 hierarchy.
     *
     * @param controller for example {@code memory}
     * @return its path, null where the controller is not in a v1 hierarchy
     */
    String pathV1(String controller) {
        return paths.get(controller);
    }

    /**
     * Returns the cgroup in the v2 hierarchy.
     *
     * @return its path, null where there is no such hierarchy
     */
    String pathV2() {
        return paths.get("");
    }
}
