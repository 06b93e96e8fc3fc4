// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.ProcFormatException;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells from a line of maps what kind of file is behind the mapping. The kernel itself says this for huge pages only,
 * and only in smaps, which costs a walk of the page tables. Each reading has
 * {@linkplain #forOneReading one of its own}; what they share is safe for use by several threads.
 */
final class FileSystems {

    /** Files in memory, on a file system that is mounted nowhere. memfd_create(2) */
    private static final String MEMFD = "/memfd:";

    private static final String DEVICES = "/dev/";

    /** Where tmpfs is mounted for POSIX shared memory. shm_open(3) */
    private static final String POSIX = "/dev/shm/";

    /** What the names of the directories begin with where systemd mounts hugetlbfs. dev-hugepages.mount */
    private static final String HUGE_PAGES = "/dev/hugepages";

    /** Anonymous memory that processes share. shmem_zero_setup, which is of the kernel's own tmpfs and no other */
    private static final String SHARED_ANONYMOUS = "/dev/zero" + Mapping.DELETED;

    /** The ring of libaio, on a file system of the kernel's own. fs/aio.c */
    private static final String AIO_RING = "/[aio]";

    /** A buffer that drivers share, on a file system of the kernel's own. drivers/dma-buf/dma-buf.c */
    private static final String DMA_BUFFER = "/dmabuf:";

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
    private final Map<Long, Mounted> mounted;

    /** How many readings there were. */
    private final AtomicLong readings;

    /** The number of this reading. */
    private final long reading;

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
        this(proc, pid, new HashMap<>(), new AtomicLong(), 0);
    }

    private FileSystems(ProcFs proc, String pid, Map<Long, Mounted> mounted, AtomicLong readings, long reading) {
        this.proc = proc;
        this.pid = pid;
        this.mounted = mounted;
        this.readings = readings;
        this.reading = reading;
    }

    /**
     * Returns a view of this for one reading of maps or smaps, on one thread. What is mounted stays known as long as each
     * reading finds something mapped of it; whether the host has huge pages may change between two readings, and is read once
     * in each, if at all.
     */
    FileSystems forOneReading() {
        return new FileSystems(proc, pid, mounted, readings, readings.incrementAndGet());
    }

    /**
     * A file system. While a file on it is mapped the kernel keeps its number; once it is unmounted, the next one that is
     * mounted may have that.
     */
    private static final class Mounted {

        /** What it is made of; null where nothing tells. */
        private final Backing backing;

        /** Where it is mounted below {@code /dev}, each with a slash behind it: a device's node may be a mount, too. */
        private final List<String> belowDev = new ArrayList<>();

        /** The last reading that found something mapped of it, or read what is mounted. */
        private long lastReading;

        private Mounted(Backing backing, long lastReading) {
            this.backing = backing;
            this.lastReading = lastReading;
        }

        /** Returns whether a path below {@code /dev} is a file's on this, and no device's. */
        private boolean holds(String path) {
            for (String directory : belowDev) {
                if (path.startsWith(directory)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Returns what is behind a mapping.
     *
     * @param major half of the number of its file system
     * @param minor the other half
     * @param inode 0 if there is no file
     * @param path as in maps
     */
    Backing backing(long major, long minor, long inode, String path) {
        if (inode == 0) {
            return Backing.NONE;
        }
        if (path.startsWith("anon_inode:") || path.startsWith("socket:")) {
            return Backing.DRIVER;
        }
        if (major != 0) {
            return isOfDevice(path) ? Backing.DRIVER : Backing.FILE;
        }
        if (path.startsWith(AIO_RING) || path.startsWith(DMA_BUFFER)) {
            return Backing.DRIVER;
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
        Mounted known = mounted(minor);
        Backing backing = known == null ? null : known.backing;
        if (backing == null) {
            backing = path.startsWith(HUGE_PAGES) ? Backing.HUGETLB : Backing.FILE;
        }
        // In a container /dev is on tmpfs, what a driver maps there is not.
        boolean isFile = backing == Backing.HUGETLB || (known != null && known.holds(path));
        return !isFile && isOfDevice(path) ? Backing.DRIVER : backing;
    }

    /** Returns whether a path looks like a device's. That of a file on what is mounted below {@code /dev} does, too. */
    private static boolean isOfDevice(String path) {
        return path.startsWith(DEVICES) && !path.startsWith(POSIX) && !path.startsWith(HUGE_PAGES);
    }

    private boolean hasNoHugetlbPages() {
        if (hasNoHugetlbPages == null) {
            hasNoHugetlbPages = proc.hasNoHugetlbPages();
        }
        return hasNoHugetlbPages;
    }

    /** Returns a file system; null where the mounts could not be read. */
    private Mounted mounted(long minor) {
        synchronized (mounted) {
            Mounted last = ifCurrent(minor);
            if (last == null && !isGuessing) {
                readMounts();
                last = ifCurrent(minor);
                if (last == null && !isGuessing) {
                    // Of a mount that is hidden, or of a subvolume, nothing more is to be learned.
                    last = new Mounted(null, reading);
                    mounted.put(minor, last);
                }
            }
            if (last != null) {
                last.lastReading = Math.max(last.lastReading, reading);
            }
            return last;
        }
    }

    /** Returns what is known of a file system; null if nothing was mapped of it at the last reading. */
    private Mounted ifCurrent(long minor) {
        Mounted last = mounted.get(minor);
        return last == null || last.lastReading < reading - 1 ? null : last;
    }

    private void readMounts() {
        try {
            Map<Long, Mounted> read = new HashMap<>();
            for (MountInfo.Mount mount : proc.mountInfo(pid).mounts()) {
                if (mount.major() == 0) {
                    read.putIfAbsent(mount.minor(), new Mounted(backing(mount.type()), reading));
                    if (mount.mountPoint().startsWith(DEVICES)) {
                        read.get(mount.minor()).belowDev.add(mount.mountPoint() + "/");
                    }
                }
            }
            mounted.putAll(read);
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
            case "devtmpfs", "sysfs", "proc", "debugfs", "tracefs" -> Backing.DRIVER;
            default -> Backing.FILE;
        };
    }
}
