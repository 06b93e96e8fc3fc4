// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.proc.MountInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds the cgroups of a process and what they allow, v1 and v2. A process is {@code self} or its number. */
public final class Cgroups {

    private final ProcFs proc;

    /**
     * Those of a host.
     *
     * @param proc its files
     */
    public Cgroups(ProcFs proc) {
        this.proc = proc;
    }

    /**
     * The memory cgroup of a process and those above it; without levels where none is mounted, and {@link
     * CgroupHierarchy#UNKNOWN} where that cannot be read.
     */
    public CgroupHierarchy memory(String pid) {
        try {
            return readMemory(pid);
        } catch (IOException e) {
            return CgroupHierarchy.UNKNOWN;
        }
    }

    private CgroupHierarchy readMemory(String pid) throws IOException {
        List<MemoryCgroup> cgroups = memoryCgroups(pid);
        List<CgroupMemory> levels = new ArrayList<>();
        for (MemoryCgroup cgroup : cgroups) {
            levels.add(cgroup.version() == 1 ? CgroupMemory.v1(cgroup.files()) : CgroupMemory.v2(cgroup.files()));
        }
        return new CgroupHierarchy(cgroups.isEmpty() ? null : cgroups.get(0).directory(), levels);
    }

    /** How much more memory a process could use, again and again. */
    public FreeRoom freeRoom(String pid) {
        return new FreeRoom(proc, this, pid);
    }

    /** The directories of the memory cgroup of a process and of those above it that count it; own cgroup first. */
    List<MemoryCgroup> memoryCgroups(String pid) throws IOException {
        CgroupMount own = CgroupMount.locate(membership(pid), proc.mountInfo(ProcFs.SELF));
        if (own != null && !proc.isHostDirectory(own.directory())) {
            own = new CgroupMount(own.version(), own.mountPoint(), "");
        }
        List<MemoryCgroup> cgroups = new ArrayList<>();
        for (CgroupMount at = own; at != null; at = at.parent()) {
            CgroupFiles files = files(at);
            if (!cgroups.isEmpty() && isIndependentOfChildren(at, files)) {
                break;
            }
            cgroups.add(new MemoryCgroup(at.version(), at.directory(), files));
        }
        return cgroups;
    }

    /**
     * Where the files of one memory cgroup are.
     *
     * @param version 1 or 2
     * @param directory absolute
     * @param files in it
     */
    record MemoryCgroup(int version, String directory, CgroupFiles files) {}

    /**
     * The cgroups a process is in that have a controller: its own first, then those above it, as far as they are visible.
     *
     * @param controller of v1; v2 has one hierarchy for all
     * @return those of v1, then those of v2
     */
    public List<CgroupLevel> withController(String pid, String controller) throws IOException {
        CgroupMembership membership = membership(pid);
        MountInfo mounts = proc.mountInfo(ProcFs.SELF);
        List<CgroupLevel> levels = new ArrayList<>();
        addLevels(CgroupMount.locateV1(membership, mounts, controller), levels);
        addLevels(CgroupMount.locateV2(membership, mounts), levels);
        return levels;
    }

    private void addLevels(CgroupMount own, List<CgroupLevel> levels) {
        for (CgroupMount at = own; at != null; at = at.parent()) {
            levels.add(new CgroupLevel(at.directory(), files(at)));
        }
    }

    private CgroupMembership membership(String pid) throws IOException {
        return CgroupMembership.parse(new Cursor("cgroup", proc.text(pid, "cgroup")));
    }

    /** v1 before Linux 5.11: a parent may leave its children uncounted. */
    private static boolean isIndependentOfChildren(CgroupMount cgroup, CgroupFiles files) {
        String useHierarchy = cgroup.version() == 1 ? files.text("memory.use_hierarchy") : null;
        return useHierarchy != null && useHierarchy.startsWith("0");
    }

    private CgroupFiles files(CgroupMount cgroup) {
        return new CgroupFiles() { // no lambda: this is on the way to main
            @Override
            public String text(String name) {
                return proc.hostFile(cgroup.directory() + "/" + name);
            }
        };
    }
}
