// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

/**
 * One mapping (a VMA): one line of {@code /proc/PID/maps}. proc(5)
 *
 * <p>Addresses, offset and inode are unsigned: {@code [vsyscall]} is in the upper half of the address space.
 *
 * @param start first address, page-aligned
 * @param end address after the last byte, page-aligned
 * @param readable whether {@code r} is set
 * @param writable whether {@code w} is set
 * @param executable whether {@code x} is set
 * @param shared {@code s} rather than {@code p}
 * @param offset bytes into the file, 0 for anonymous memory
 * @param inode of the file, 0 for anonymous memory
 * @param path as the kernel prints it: a file (a newline in its name is {@code \012}; {@code " (deleted)"} follows where
 *     it is unlinked), {@code [stack]} and the like, or "" for anonymous memory
 * @param backing what is behind it
 */
public record Mapping(
        long start,
        long end,
        boolean readable,
        boolean writable,
        boolean executable,
        boolean shared,
        long offset,
        long inode,
        String path,
        Backing backing)
        implements AddressRange {

    /** The memfd that is ZGC's heap. zPhysicalMemoryBacking_linux.cpp */
    public static final String ZGC_MEMFD = "/memfd:java_heap";

    /** The memfd that is ZGC's heap where it consists of huge pages. */
    public static final String ZGC_HUGETLB_MEMFD = ZGC_MEMFD + ".hugetlb";

    /** What the names of anonymous huge pages begin with. hugetlb_file_setup, HUGETLB_ANON_FILE */
    public static final String ANONYMOUS_HUGE = "/anon_hugepage";

    /** What the names of System V shared memory begin with: -XX:+UseSHM. newseg, ipc/shm.c */
    public static final String SYSTEM_V = "/SYSV";

    /** ZGC maps its heap in pieces of this size. */
    public static final long ZGC_GRANULE_BYTES = 2L << 20;

    /** What follows the path of an unlinked file, as each memfd is. */
    public static final String DELETED = " (deleted)";

    private static final String SECRET = "/secretmem" + DELETED;

    public long length() {
        return end - start;
    }

    /**
     * Returns whether anything in it can be accessed. A mapping that cannot is {@code PROT_NONE}: reserved, not committed, or a
     * guard zone.
     */
    public boolean isAccessible() {
        return readable || writable || executable;
    }

    /** Returns whether a file is behind it; memfd and unlinked files count, {@code [heap]} and the like do not. */
    public boolean isFileBacked() {
        return inode != 0;
    }

    /**
     * Returns whether it holds huge pages of hugetlbfs. They are never swapped, no call locks them, and each call that locks
     * populates them.
     */
    public boolean isHugetlb() {
        return backing == Backing.HUGETLB;
    }

    /** Returns whether the kernel locks it from its birth to its end. munlock(2) succeeds and does nothing. memfd_secret(2) */
    public boolean isSecret() {
        return path.equals(SECRET);
    }

    /** Returns whether what it holds is the file's, for all who map it: also a file in memory. */
    public boolean isSharedFile() {
        return shared && isFileBacked();
    }

    /** Returns whether a file is behind it that has no name any more, as far as the kernel tells. */
    public boolean isUnlinked() {
        return isFileBacked() && path.endsWith(DELETED);
    }

    /** Returns the path without the mark of an unlinked file. */
    public String linkedPath() {
        return linkedPath(path);
    }

    /** Returns a path that the kernel tells, without the mark of an unlinked file. */
    static String linkedPath(String path) {
        return path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
    }

    /**
     * Returns whether it looks like ZGC's heap: a memfd, or where there is none or {@code -XX:AllocateHeapAt} is set, an unlinked
     * file, nameless ({@code O_TMPFILE}) or {@code java_heap.PID}, mapped in granules. A file of an application, or the heap of
     * another collector, may look like the latter. zPhysicalMemoryBacking_linux.cpp
     */
    public boolean isZgcHeap() {
        return isZgcMemfd() || isLikeZgcFile();
    }

    /** Returns whether it is of a memfd that nobody but ZGC names so. */
    public boolean isZgcMemfd() {
        if (!shared) { // first: this is asked of each mapping in each pass
            return false;
        }
        String name = linkedPath();
        return name.equals(ZGC_MEMFD) || name.equals(ZGC_HUGETLB_MEMFD);
    }

    private boolean isLikeZgcFile() {
        boolean isInGranules = ((start | end) & (ZGC_GRANULE_BYTES - 1)) == 0;
        if (!shared || !isInGranules || !isUnlinked()) {
            return false;
        }
        int file = path.lastIndexOf('/') + 1;
        return path.startsWith("java_heap.", file) || path.startsWith("#", file);
    }

    /**
     * Returns whether it is the kernel's own, which counts as nobody's memory: {@code [vvar]}, {@code [vdso]} and their like,
     * and {@code [uprobes]} in a process that is traced.
     */
    public boolean isKernels() {
        return path.startsWith("[v") || path.equals("[uprobes]");
    }

    /**
     * Returns whether it shows memory of a driver or of the kernel: a device's, or a ring of io_uring, of libaio or of a
     * socket. No lock holds such memory, and it is never swapped.
     */
    public boolean isOfDriver() {
        return backing == Backing.DRIVER;
    }

    /** Returns whether what it shows counts as memory of this process: it can be accessed, and is no driver's or kernel's. */
    public boolean holdsMemory() {
        return isAccessible() && !isKernels() && !isOfDriver();
    }

    /** Returns whether it holds data of this process alone: it can be read and written, not run, and is not shared. */
    public boolean isPrivateData() {
        return readable && writable && !executable && !shared;
    }

    /** Returns whether it is the stack of the first thread, which grows downwards by page faults. */
    public boolean isFirstStack() {
        return path.equals("[stack]");
    }

    /**
     * Compares as any record does, but written out. What the compiler writes puts itself together from method handles
     * at its first use: in a live JVM that loads some 75 classes and compiles some 130 methods beside the application.
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Mapping mapping
                && is(
                        mapping.start,
                        mapping.end,
                        mapping.readable,
                        mapping.writable,
                        mapping.executable,
                        mapping.shared,
                        mapping.offset,
                        mapping.inode,
                        mapping.path,
                        mapping.backing);
    }

    /** Returns whether the mapping has exactly these properties. */
    public boolean is(
            long start,
            long end,
            boolean readable,
            boolean writable,
            boolean executable,
            boolean shared,
            long offset,
            long inode,
            String path,
            Backing backing) {
        return this.start == start
                && this.end == end
                && this.readable == readable
                && this.writable == writable
                && this.executable == executable
                && this.shared == shared
                && this.offset == offset
                && this.inode == inode
                && this.path.equals(path)
                && this.backing == backing;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(start);
    }
}
