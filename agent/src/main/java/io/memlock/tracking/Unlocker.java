// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OwnPagemap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Unlocks what was born locked and must not stay so, on the thread that mapped it, before anybody can touch it. It
 * leaves to the keeper what it cannot unlock or is not sure of. It never throws, and takes no Java lock.
 */
final class Unlocker implements Consumer<long[]> {

    private static final String FILES = "/proc/self/fd/";

    /** The longest path the kernel tells and a byte more: PATH_MAX. */
    private static final int LONGEST_PATH = 4097;

    /**
     * The length of the first piece, which takes a millisecond on a slow machine: before Linux 5.18 an unlock goes through
     * every page, whether it is there or not, at 40 ns each.
     */
    static final long FIRST_PIECE_BYTES = 32L << 20;

    /** Time of a quick piece, after which one call does the rest. */
    static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** Time that one mapping may keep an application waiting, as 10 GiB do on an old kernel. The keeper does the rest. */
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LibC libc;
    private final UnwantedLocks unwanted;
    private final boolean isFiltered;
    private final long pageBytes;
    private final OwnPagemap pagemap;

    /**
     * Makes one for all threads.
     *
     * @param isFiltered whether a seccomp filter may end the process for a call that can be left out
     */
    Unlocker(LibC libc, UnwantedLocks unwanted, boolean isFiltered) {
        this.libc = libc;
        this.unwanted = unwanted;
        this.isFiltered = isFiltered;
        this.pageBytes = libc.sysconf(Linux.SC_PAGESIZE);
        this.pagemap = new OwnPagemap(libc, pageBytes);
    }

    /** Has all classes loaded that a mapping needs: the application's thread may hold any lock when it maps. */
    void rehearse() {
        long page = libc.mmap(
                0, pageBytes, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0);
        if (page != LibC.MAP_FAILED) {
            isInMemory(-1);
            isChosen(0, List.of(PathGlob.of("/{a,b?}*"), PathGlob.of("/**")));
            isPresent(page);
            unlock(page, pageBytes);
            libc.munmap(page, pageBytes);
        }
    }

    /**
     * Looks at a new mapping of a file.
     *
     * @param mapping the file descriptor, and of the mapping the address and the bytes
     */
    @Override
    public void accept(long[] mapping) {
        try {
            boolean files = unwanted.isBornUnwanted(Region.MAPPED);
            boolean shared = unwanted.isBornUnwanted(Region.SHM);
            if (!files && !shared) {
                return;
            }
            List<PathGlob> globs = unwanted.chosenFiles();
            boolean isInMemory = (files != shared || !globs.isEmpty()) && isInMemory((int) mapping[0]);
            boolean isInVain = isInMemory ? shared : files;
            // The agent locks on-fault. If a page is present already, the application has called mlockall after it.
            if (isInVain && !isPresent(mapping[1]) && (isInMemory || !isChosen((int) mapping[0], globs))) {
                unlock(mapping[1], mapping[2]);
            }
        } catch (Throwable e) { // whatever it is: the application wants its file
            return;
        }
    }

    /** Returns whether a file is on tmpfs, or a memfd. */
    private boolean isInMemory(int fd) {
        return libc.fcntl(fd, Linux.F_GET_SEALS, 0) >= 0;
    }

    /** Returns whether some patterns are for a file. Where its name cannot be read none is, and the keeper finds it. */
    private boolean isChosen(int fd, List<PathGlob> globs) {
        if (globs.isEmpty()) {
            return false;
        }
        byte[] link = (FILES + fd + '\0').getBytes(StandardCharsets.ISO_8859_1);
        byte[] name = new byte[LONGEST_PATH];
        int length = (int) libc.readlink(link, name, name.length);
        return length > 0
                && length < name.length
                && PathGlob.isFittedByAny(new String(name, 0, length, StandardCharsets.UTF_8), globs);
    }

    /**
     * Returns whether a page is in RAM. The quicker move_pages(2) is asked only where pagemap is hidden: the application may
     * have set a filter by now that ends the process for it.
     */
    private boolean isPresent(long address) {
        int presence = pagemap.presence(address);
        if (presence != OwnPagemap.HIDDEN) {
            return presence != 0; // where nobody can look just now it may be, and the keeper looks later
        }
        int[] status = new int[1];
        return isFiltered || libc.move_pages(0, address, status, 0) != 0 || status[0] >= 0; // the number of its node
    }

    private void unlock(long address, long bytes) {
        if (bytes <= FIRST_PIECE_BYTES) { // looking at the clock twice is a tenth of what this takes
            libc.munlock(address, bytes);
            return;
        }
        long begin = System.nanoTime();
        long now = begin;
        long piece = FIRST_PIECE_BYTES;
        for (long start = address; start < address + bytes && now - begin < LONGEST_NANOS; ) {
            long end = Math.min(address + bytes, start + piece);
            libc.munlock(start, end - start);
            long before = now;
            now = System.nanoTime();
            piece = now - before < QUICK_NANOS ? bytes : FIRST_PIECE_BYTES;
            start = end;
        }
    }
}
