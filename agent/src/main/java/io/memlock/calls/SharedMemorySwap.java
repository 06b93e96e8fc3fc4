// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Backing;
import io.memlock.memory.FilePieces;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OpenFiles;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts how much of this process's files in memory is in swap. The pagemap does not tell; cachestat(2) calls these
 * pages evicted. The kernel goes through the file's own pages and takes no lock that an application could wait for. On
 * Linux 6.18 that took 5 ms for each GiB in RAM, 22 ms for each GiB in swap, and told what smaps calls {@code Swap}, to
 * the page.
 *
 * <p>It is asked about descriptors only that the process has open anyway, as ZGC has. Where the application has closed
 * its own, as it may when it has mapped the file, nothing is told: if we opened the file and closed it again, each
 * POSIX lock that the application has taken on it meanwhile would be gone. fcntl_locking(2)
 *
 * <p>What else there is does not do. mincore(2) takes pages in the swap cache for pages in RAM: of 96 MiB it missed 21.
 * {@code SEEK_DATA} counts them but keeps fallocate waiting, by which ZGC commits memory, and moves the position of the
 * application's descriptor. The blocks that stat(2) tells include what was allocated and never used.
 *
 * <p>Where it does not know, it counts nothing: before Linux 6.10, whose predecessors could crash or sleep where they
 * must not in this call (3a75cb05d53f, d5d39c707a4c, 5a4d8944d6b1); under a seccomp filter, which may end the process
 * for a call it does not know; and of files that the process could not write. Not thread-safe.
 */
public final class SharedMemorySwap {

    private static final int FIRST_MAJOR = 6;
    private static final int FIRST_MINOR = 10;

    /** Some 1.4 ms if all of it is in swap. */
    private static final long BYTES_AT_ONCE = 64L << 20;

    /** Some 0.2 ms. */
    private static final int DESCRIPTORS_AT_ONCE = 64;

    private static final int ANSWER_FIELDS = 5;

    private final LibC libc;
    private final OpenFiles openFiles;
    private final ProcFs proc;
    private final Pause pause;
    private final long pageBytes;
    private final Map<String, MemoryFile> files = new HashMap<>();
    private FilePieces counted = new FilePieces();

    /** Makes what counts nothing until {@link #begin}. */
    public SharedMemorySwap(LibC libc, ProcFs proc, Pause pause, long pageBytes) {
        this.libc = libc;
        this.openFiles = new OpenFiles(libc);
        this.proc = proc;
        this.pause = pause;
        this.pageBytes = pageBytes;
    }

    /** Begins to count anew. */
    public void begin(List<Mapping> mappings) {
        files.clear();
        counted = new FilePieces();
        for (Mapping mapping : mappings) {
            if (mapping.isSharedFile() && mapping.backing() == Backing.MEMORY && mapping.isAccessible()) {
                files.putIfAbsent(FilePieces.key(mapping.inode(), mapping.path()), new MemoryFile(mapping.path()));
            }
        }
        if (!files.isEmpty() && canTell()) {
            findDescriptors();
        }
    }

    /**
     * Counts what the file behind a segment has in swap there. What was counted for another segment since {@link #begin} is
     * not counted again.
     *
     * @return bytes; 0 where it is not known
     */
    public long bytes(Segment segment) {
        Mapping mapping = segment.mapping();
        MemoryFile file = mapping.isSharedFile() ? files.get(FilePieces.key(mapping.inode(), mapping.path())) : null;
        if (file == null || file.descriptor < 0) {
            return 0;
        }
        long pages = 0;
        long start = segment.fileOffset();
        for (FilePieces.Piece piece : counted.unseen(mapping, start, start + segment.length())) {
            for (long at = piece.start(); at < piece.end(); at += BYTES_AT_ONCE) {
                long evicted = evictedPages(file.descriptor, at, Math.min(BYTES_AT_ONCE, piece.end() - at));
                if (evicted < 0) {
                    file.descriptor = -1;
                    return 0;
                }
                pages += evicted;
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
        if (!openFiles.isNamed(file.descriptor, file.name)) { // closed meanwhile, and the number may be another file's
            file.descriptor = -1;
            return 0;
        }
        return pages * pageBytes;
    }

    private boolean canTell() {
        return proc.memInfo().swapUsedBytes() != 0
                && proc.isKernelAtLeast(FIRST_MAJOR, FIRST_MINOR)
                && !proc.isFiltered();
    }

    private void findDescriptors() {
        Set<String> names = new HashSet<>();
        for (MemoryFile file : files.values()) {
            names.add(file.name);
        }
        int looked = 0;
        for (int descriptor : openFiles.descriptors()) {
            String name = openFiles.nameOf(descriptor);
            if (names.contains(name)) {
                MemoryFile file = files.get(FilePieces.key(inode(descriptor), name));
                if (file != null && libc.fcntl(descriptor, Linux.F_GET_SEALS, 0) >= 0) {
                    file.descriptor = descriptor;
                }
            }
            if (++looked % DESCRIPTORS_AT_ONCE == 0) {
                pause.nanos(ChunkedCalls.PAUSE_NANOS);
            }
        }
    }

    /** Returns the inode behind a descriptor, which tells apart memfds of one name; -1 if it is not known. */
    private long inode(int descriptor) {
        try {
            return proc.inode(ProcFs.SELF, descriptor);
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    private long evictedPages(int descriptor, long offset, long length) {
        long[] answer = new long[ANSWER_FIELDS];
        boolean isTold = libc.cachestat(descriptor, new long[] {offset, length}, answer, 0) == 0;
        return isTold ? answer[Linux.CACHESTAT_EVICTED] : -1;
    }

    /** A file in memory that is mapped. */
    private static final class MemoryFile {

        private final String name;
        private int descriptor = -1;

        MemoryFile(String name) {
            this.name = name;
        }
    }
}
