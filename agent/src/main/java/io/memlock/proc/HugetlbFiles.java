// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.ProcFormatException;
import java.io.IOException;
import java.util.Set;

/**
 * Tells by a line of maps whether its pages are of hugetlbfs. The kernel says so itself in smaps only, which costs a walk of
 * the page tables.
 */
final class HugetlbFiles {

    /** Anonymous memory: hugetlb_file_setup, HUGETLB_ANON_FILE. */
    private static final String ANONYMOUS = "/anon_hugepage";

    /** zPhysicalMemoryBacking_linux.cpp */
    private static final String ZGC_HEAP = "/memfd:java_heap.hugetlb";

    /** newseg, ipc/shm.c: the JVM's heap with -XX:+UseSHM */
    private static final String SYSTEM_V = "/SYSV";

    /** The file system behind memfd and System V segments with small pages: the first the kernel mounts (shmem_init). */
    private static final Device SHMEM = new Device(0, 1);

    /** On which no hugetlbfs is mounted. */
    static final HugetlbFiles UNMOUNTED = new HugetlbFiles(Set.of());

    private final Set<Device> mounted;

    /**
     * By the file systems that are mounted.
     *
     * @param mounted of type hugetlbfs
     */
    HugetlbFiles(Set<Device> mounted) {
        this.mounted = mounted;
    }

    /** As a process sees them; where there are no huge pages nobody maps any. */
    static HugetlbFiles of(ProcFs proc, String pid) {
        if (proc.hasNoHugetlbPages()) {
            return UNMOUNTED;
        }
        try {
            return new HugetlbFiles(proc.mountInfo(pid).devicesOf("hugetlbfs"));
        } catch (IOException | ProcFormatException e) {
            return UNMOUNTED;
        }
    }

    /**
     * Whether a file has huge pages.
     *
     * @param inode 0 if there is no file
     * @param path as in maps
     */
    boolean contain(long major, long minor, long inode, String path) {
        if (inode == 0) {
            return false;
        }
        if (path.startsWith(ANONYMOUS) || path.startsWith(ZGC_HEAP)) {
            return true;
        }
        if (path.startsWith(SYSTEM_V)) {
            return !SHMEM.equals(new Device(major, minor));
        }
        return !mounted.isEmpty() && mounted.contains(new Device(major, minor));
    }
}
