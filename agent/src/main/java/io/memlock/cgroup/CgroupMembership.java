// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * The cgroups a process is in: {@code /proc/PID/cgroup}. cgroups(7)
 *
 * @param entries one for each hierarchy
 */
public record CgroupMembership(List<Entry> entries) {

    /**
     * Membership in one hierarchy.
     *
     * @param hierarchy its number; 0 is cgroup v2
     * @param controllers as printed, joined by commas: {@code cpu,cpuacct} or {@code name=systemd}; "" for v2
     * @param path of the cgroup, as the reader's cgroup namespace shows it: it may begin with {@code /..}
     */
    public record Entry(long hierarchy, String controllers, String path) {

        /** Whether this hierarchy is the controller's. */
        boolean has(String controller) {
            return ("," + controllers + ",").contains("," + controller + ",");
        }
    }

    /** Copies the list. */
    public CgroupMembership {
        entries = List.copyOf(entries);
    }

    /**
     * Parses the file.
     *
     * @param cgroup the file
     * @return an entry a line
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static CgroupMembership parse(Cursor cgroup) {
        List<Entry> entries = new ArrayList<>();
        while (cgroup.nextLine()) {
            long hierarchy = cgroup.decimal();
            cgroup.expect(':');
            String controllers = cgroup.upTo(':');
            if (cgroup.peek() != '/') {
                throw cgroup.malformed("a path that begins with '/'");
            }
            entries.add(new Entry(hierarchy, controllers, cgroup.rest()));
        }
        return new CgroupMembership(entries);
    }

    /**
     * The cgroup in a v1 hierarchy.
     *
     * @param controller for example {@code memory}
     * @return its path, null where the controller is not in a v1 hierarchy
     */
    public String pathV1(String controller) {
        for (Entry entry : entries) {
            if (entry.hierarchy() != 0 && entry.has(controller)) {
                return entry.path();
            }
        }
        return null;
    }

    /**
     * The cgroup in the v2 hierarchy.
     *
     * @return its path, null where there is no such hierarchy
     */
    public String pathV2() {
        for (Entry entry : entries) {
            if (entry.hierarchy() == 0 && entry.controllers().isEmpty()) {
                return entry.path();
            }
        }
        return null;
    }
}
