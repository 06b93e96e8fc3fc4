// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.ProcFormatException;
import java.io.IOException;
import java.util.List;

/**
 * Tells by a line of maps whether its pages are of hugetlbfs. The kernel says so itself in smaps only, which costs a walk of
 * the page tables.
 */
final class HugetlbFiles {

    /** Anonymous memory: hugetlb_file_setup, HUGETLB_ANON_FILE. */
    private static final String ANONYMOUS = "/anon_hugepage";

    /** zPhysicalMemoryBacking_linux.cpp; with small pages it is {@code /memfd:java_heap} alone. */
    private static final String ZGC_HEAP = "/memfd:java_heap";

    private static final String ZGC_HUGETLB_HEAP = ZGC_HEAP + ".hugetlb";

    /** In memory, on a file system that is mounted nowhere. memfd_create(2); newseg, ipc/shm.c: -XX:+UseSHM */
    private static final String MEMFD = "/memfd:";

    private static final String SYSTEM_V = "/SYSV";

    /** The minor number of the file system these have with small pages: the first the kernel mounts (shmem_init). */
    private static final long SHMEM = 1;

    /** On which no hugetlbfs is mounted. */
    static final HugetlbFiles UNMOUNTED = new HugetlbFiles(List.of());

    private final List<MountInfo.Mount> mounts;

    private HugetlbFiles(List<MountInfo.Mount> mounts) {
        this.mounts = mounts;
    }

    /**
     * As this host has them: where there are no huge pages nobody maps any. Of the mounts our own are asked for, whichever
     * process the files are mapped by, as the number of a file system is the same for all.
     */
    static HugetlbFiles of(ProcFs proc) {
        if (proc.hasNoHugetlbPages()) {
            return UNMOUNTED;
        }
        try {
            return new HugetlbFiles(proc.mountInfo(ProcFs.SELF).ofType("hugetlbfs"));
        } catch (IOException | ProcFormatException e) {
            return UNMOUNTED;
        }
    }

    /**
     * Whether a file has huge pages.
     *
     * @param major of the number of its file system
     * @param minor the same
     * @param inode 0 if there is no file
     * @param path as in maps
     */
    boolean contain(long major, long minor, long inode, String path) {
        if (inode == 0) {
            return false;
        }
        if (path.startsWith(ANONYMOUS) || path.startsWith(ZGC_HUGETLB_HEAP)) {
            return true;
        }
        if (path.startsWith(SYSTEM_V) || (path.startsWith(MEMFD) && !path.startsWith(ZGC_HEAP))) {
            return major != 0 || minor != SHMEM;
        }
        for (MountInfo.Mount mount : mounts) {
            if (mount.major() == major && mount.minor() == minor) {
                return true;
            }
        }
        return false;
    }
}
