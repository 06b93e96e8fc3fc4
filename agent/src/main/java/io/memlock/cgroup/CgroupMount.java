// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Paths;
import io.memlock.proc.MountInfo;

/**
 * Where a cgroup of a process is in the file system.
 *
 * @param version 1 or 2
 * @param mountPoint of the hierarchy
 * @param path from there to the cgroup: "" or beginning with {@code /}; null where the mount does not show the cgroup, as
 *     one of another container's
 */
record CgroupMount(int version, String mountPoint, String path) {

    static final String MEMORY = "memory";

    /**
     * Finds the memory cgroup. The memory controller is in one hierarchy only: in v2, unless the process is in a v1 hierarchy
     * that has it.
     *
     * @param mounts of the reader, as the paths are the reader's view
     * @return null if that hierarchy is not mounted
     */
    static CgroupMount locate(CgroupMembership membership, MountInfo mounts) {
        return membership.pathV1(MEMORY) == null ? locateV2(membership, mounts) : locateV1(membership, mounts, MEMORY);
    }

    /**
     * Finds the cgroup of a process in the v1 hierarchy of a controller.
     *
     * @return null if there is no such hierarchy, or it is not mounted
     */
    static CgroupMount locateV1(CgroupMembership membership, MountInfo mounts, String controller) {
        CgroupMount found = null;
        for (MountInfo.Mount mount : mounts.mounts()) {
            if (mount.type().equals("cgroup") && mount.hasSuperOption(controller)) {
                found = better(found, in(mount, 1, membership.pathV1(controller)));
            }
        }
        return found;
    }

    /**
     * Finds the cgroup of a process in the v2 hierarchy.
     *
     * @return null if it is not mounted
     */
    static CgroupMount locateV2(CgroupMembership membership, MountInfo mounts) {
        CgroupMount found = null;
        for (MountInfo.Mount mount : mounts.mounts()) {
            if (mount.type().equals("cgroup2")) {
                found = better(found, in(mount, 2, membership.pathV2()));
            }
        }
        return found;
    }

    /** Returns the first of two mounts of a hierarchy, unless only the second shows the cgroup. */
    private static CgroupMount better(CgroupMount first, CgroupMount second) {
        return first == null || (!first.isShown() && second.isShown()) ? second : first;
    }

    private static CgroupMount in(MountInfo.Mount mount, int version, String path) {
        return path == null ? null : new CgroupMount(version, mount.mountPoint(), below(mount.root(), path));
    }

    /** Returns whether the mount shows the cgroup. */
    boolean isShown() {
        return path != null;
    }

    /** Returns the cgroup at the mount point. */
    CgroupMount top() {
        return new CgroupMount(version, mountPoint, "");
    }

    /** Returns the cgroup above, null at the mount point. */
    CgroupMount parent() {
        return path.isEmpty() ? null : new CgroupMount(version, mountPoint, path.substring(0, path.lastIndexOf('/')));
    }

    String directory() {
        return mountPoint + path;
    }

    /** Both may begin with {@code /..}, once for each cgroup that is above the reader's cgroup namespace. */
    private static String below(String root, String path) {
        if (!Paths.isWithin(root, path)) {
            return null;
        }
        String below = root.equals("/") ? path : path.substring(root.length());
        if (Paths.isWithin("/..", below)) {
            return null;
        }
        return below.equals("/") ? "" : below;
    }
}
