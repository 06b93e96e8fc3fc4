// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.ProcFormatException;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells from a line of maps what kind of file is behind the mapping. The kernel itself says this for huge pages only,
 * and only in smaps, which costs a walk of the page tables. Each reading has
 * {@linkplain #forOneReading one of its own}; what they share is safe for use by several threads.
 */
final class FileSystems {

    /** Files in memory, on a file system that is mounted nowhere. memfd_create(2) */
    private static final String MEMFD = "/memfd:";

    /** Where tmpfs is mounted for POSIX shared memory. shm_open(3) */
    private static final String POSIX = "/dev/shm/";

    /** Anonymous memory that processes share. shmem_zero_setup, which is of the kernel's own tmpfs and no other */
    private static final String SHARED_ANONYMOUS = "/dev/zero" + Mapping.DELETED;

    /** The minor number of the kernel's own tmpfs, which has memfd and System V files with small pages (shmem_init). */
    private static final long SHMEM = 1;

    /**
     * The largest minor number that the kernel's own tmpfs has before Linux 5.4, where it was not the first: 4 or 5. The
     * kernel's own hugetlbfs comes after it, after {@code bdev}, {@code sockfs}, {@code pipefs} and {@code anon_inodefs}, in
     * all versions: so it has a larger one. init/main.c, do_basic_setup; fs/hugetlbfs/inode.c, fs_initcall
     */
    private static final long LAST_SHMEM = 5;

    private final ProcFs proc;
    private final String pid;

    /** By minor number: all but those on block devices have the major number 0. Guarded by itself. */
    private final Map<Long, Backing> mounted;

    /** Whether the mounts could not be read in this reading. */
    private boolean isGuessing;

    /** Whether the host has no huge page; null before that matters. */
    private Boolean hasNoHugetlbPages;

    /**
     * Prepares to tell what a process sees. Nothing is read before there is need to.
     *
     * @param pid of the process that maps the files
     */
    FileSystems(ProcFs proc, String pid) {
        this(proc, pid, new HashMap<>());
    }

    private FileSystems(ProcFs proc, String pid, Map<Long, Backing> mounted) {
        this.proc = proc;
        this.pid = pid;
        this.mounted = mounted;
    }

    /**
     * Returns the same for one reading of maps or smaps, on one thread. What is mounted stays known; whether the host has
     * huge pages may change between two readings, and is read once in each, if at all.
     */
    FileSystems forOneReading() {
        return new FileSystems(proc, pid, mounted);
    }

    /**
     * Returns what is behind a mapping.
     *
     * @param major of the number of its file system
     * @param minor the same
     * @param inode 0 if there is no file
     * @param path as in maps
     */
    Backing backing(long major, long minor, long inode, String path) {
        if (inode == 0) {
            return Backing.NONE;
        }
        if (major != 0) {
            return Backing.FILE;
        }
        if (path.startsWith(Mapping.ANONYMOUS_HUGE) || path.startsWith(Mapping.ZGC_HUGETLB_MEMFD)) {
            return Backing.HUGETLB;
        }
        if (minor == SHMEM || path.startsWith(Mapping.ZGC_MEMFD) || path.equals(SHARED_ANONYMOUS)) {
            return Backing.MEMORY;
        }
        if (path.startsWith(Mapping.SYSTEM_V) || path.startsWith(MEMFD)) {
            return minor <= LAST_SHMEM || hasNoHugetlbPages() ? Backing.MEMORY : Backing.HUGETLB;
        }
        if (path.startsWith(POSIX)) {
            return Backing.MEMORY;
        }
        // In a container /dev is on tmpfs, what a driver maps there is not.
        return path.startsWith("/dev/") ? Backing.FILE : ofMounted(minor);
    }

    private boolean hasNoHugetlbPages() {
        if (hasNoHugetlbPages == null) {
            hasNoHugetlbPages = proc.hasNoHugetlbPages();
        }
        return hasNoHugetlbPages;
    }

    private Backing ofMounted(long minor) {
        synchronized (mounted) {
            if (!mounted.containsKey(minor) && !isGuessing) {
                readMounts();
                if (!isGuessing) {
                    // Of a mount that is hidden, or of a subvolume, nothing more is to be learned.
                    mounted.putIfAbsent(minor, Backing.FILE);
                }
            }
            return mounted.getOrDefault(minor, Backing.FILE);
        }
    }

    private void readMounts() {
        try {
            for (MountInfo.Mount mount : proc.mountInfo(pid).mounts()) {
                if (mount.major() == 0) {
                    mounted.put(mount.minor(), backing(mount.type()));
                }
            }
        } catch (IOException e) {
            isGuessing = true; // an application may have used up its descriptors for a moment
        } catch (ProcFormatException e) {
            // Then the names have to do.
        }
    }

    /** Returns whether the names had to do in this reading, because the mounts could not be read: the next may tell more. */
    boolean isGuessing() {
        return isGuessing;
    }

    private static Backing backing(String type) {
        return switch (type) {
            case "tmpfs" -> Backing.MEMORY;
            case "hugetlbfs" -> Backing.HUGETLB;
            default -> Backing.FILE;
        };
    }
}
