// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;
import io.memlock.proc.MountInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds the cgroups of a process and their limits, v1 and v2. A process is {@code self} or its number. */
public final class Cgroups {

    private final ProcFs proc;

    public Cgroups(ProcFs proc) {
        this.proc = proc;
    }

    /**
     * Returns the memory cgroup of a process and those above it that count it; {@link CgroupHierarchy#NONE} where there are no
     * memory cgroups. It is not known where the process is in one whose limit cannot be read, as in a chroot without
     * {@code /sys/fs/cgroup}.
     */
    public CgroupHierarchy memory(String pid) {
        CgroupHierarchy found = visible(pid);
        return found.isKnown() || !proc.hasNoMemoryCgroups(pid) ? found : CgroupHierarchy.NONE;
    }

    /**
     * Returns the memory cgroup of a process as far as it can be seen. Where that of this process is not shown, the root of
     * the mount is the closest to it; to another process it may be a stranger's.
     */
    private CgroupHierarchy visible(String pid) {
        try {
            CgroupMembership membership = membership(pid);
            if (membership.pathV1(CgroupMount.MEMORY) == null && membership.pathV2() == null) {
                return CgroupHierarchy.NONE;
            }
            CgroupMount own = CgroupMount.locate(membership, proc.mountInfo(ProcFs.SELF));
            if (own == null) {
                return CgroupHierarchy.UNKNOWN;
            }
            boolean isShown = own.isShown() && proc.isHostDirectory(own.directory());
            List<CgroupLevel> levels = counting(levels(isShown ? own : own.top()));
            if (isShown && levels.get(0).tellsItsLimit()) {
                return new CgroupHierarchy(own.directory(), levels);
            }
            return pid.equals(ProcFs.SELF) ? CgroupHierarchy.unknownBelow(levels) : CgroupHierarchy.UNKNOWN;
        } catch (IOException | ProcFormatException e) {
            return CgroupHierarchy.UNKNOWN;
        }
    }

    /** Returns those of some levels, the lowest first, that count what is in the lowest. */
    private static List<CgroupLevel> counting(List<CgroupLevel> levels) {
        int counting = 1;
        while (counting < levels.size() && !isIndependentOfChildren(levels.get(counting))) {
            counting++;
        }
        return levels.subList(0, counting);
    }

    /**
     * Returns the cgroups a process is in that have a controller: its own first, then those above it, as far as they
     * are visible.
     *
     * @param controller of v1; v2 has one hierarchy for all
     * @return those of v1, then those of v2
     */
    public List<CgroupLevel> withController(String pid, String controller) throws IOException {
        CgroupMembership membership = membership(pid);
        MountInfo mounts = proc.mountInfo(ProcFs.SELF);
        List<CgroupLevel> levels = levels(CgroupMount.locateV1(membership, mounts, controller));
        levels.addAll(levels(CgroupMount.locateV2(membership, mounts)));
        return levels;
    }

    /** Returns a cgroup and those above it; none of null, or of one that is not shown. */
    private List<CgroupLevel> levels(CgroupMount own) {
        List<CgroupLevel> levels = new ArrayList<>();
        for (CgroupMount at = own != null && own.isShown() ? own : null; at != null; at = at.parent()) {
            levels.add(new CgroupLevel(at.version(), at.directory(), files(at.directory())));
        }
        return levels;
    }

    private CgroupMembership membership(String pid) throws IOException {
        return CgroupMembership.parse(new Cursor("cgroup", proc.text(pid, "cgroup")));
    }

    /** Returns whether a parent leaves its children uncounted, as v1 may before Linux 5.11. */
    private static boolean isIndependentOfChildren(CgroupLevel level) {
        String useHierarchy = level.version() == 1 ? level.files().text("memory.use_hierarchy") : null;
        return useHierarchy != null && useHierarchy.startsWith("0");
    }

    /** A runtime hides a file by an empty one. */
    private CgroupFiles files(String directory) {
        return new CgroupFiles() { // no lambda: this is on the way to main
            @Override
            public String text(String name) {
                String text = proc.hostFile(directory + "/" + name);
                if (text == null && name.equals(CgroupLevel.SWAPPINESS)) {
                    text = proc.hostFile("/proc/sys/vm/swappiness");
                }
                return text == null || name.equals(CgroupLevel.CONTROLLERS) || !text.isBlank() ? text : null;
            }
        };
    }
}
