// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Mapping;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out whether mappings of a single page, which {@link OnFaultProbe} cannot split, are locked on-fault. It maps a
 * page of ours beside such a page, where there is room, and locks it on-fault. If {@code maps} then shows both as one
 * mapping, they have the same flags. Our page is unmapped again at once; it is never touched, and the other one stays
 * as it is. Linux {@code mm/vma.c: vma_merge_new_range}
 */
final class SinglePageProbe {

    private static final int READ_WRITE = Linux.PROT_READ | Linux.PROT_WRITE;

    private final LibC libc;
    private final long pageBytes;
    private final Maps maps;

    SinglePageProbe(LibC libc, long pageBytes, Maps maps) {
        this.libc = libc;
        this.pageBytes = pageBytes;
        this.maps = maps;
    }

    /**
     * Removes those that are locked on-fault.
     *
     * @param pages locked, private, writable, of no file
     * @throws IOException if {@code maps} cannot be read; nothing is left behind
     */
    void removeOnFault(List<Mapping> pages) throws IOException {
        Map<Mapping, Long> neighbours = new LinkedHashMap<>();
        try {
            for (Mapping page : pages) {
                long neighbour = mapBeside(page);
                if (neighbour != LibC.MAP_FAILED) {
                    neighbours.put(page, neighbour);
                }
            }
            if (!neighbours.isEmpty()) {
                List<Mapping> now = maps.read();
                pages.removeIf(page -> neighbours.containsKey(page) && isOne(now, page, neighbours.get(page)));
            }
        } finally {
            for (long neighbour : neighbours.values()) {
                libc.munmap(neighbour, pageBytes);
            }
        }
    }

    /**
     * Maps a page beside another. The address is a hint only: where something is mapped already the kernel chooses another,
     * and nothing is lost.
     */
    private long mapBeside(Mapping page) {
        for (long wanted : new long[] {page.end(), page.start() - pageBytes}) {
            long address = libc.mmap(wanted, pageBytes, READ_WRITE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
            if (address == wanted && libc.mlock2(address, pageBytes, Linux.MLOCK_ONFAULT) == 0) {
                return address;
            }
            if (address != LibC.MAP_FAILED) {
                libc.munmap(address, pageBytes);
            }
        }
        return LibC.MAP_FAILED;
    }

    private static boolean isOne(List<Mapping> now, Mapping page, long neighbour) {
        for (Mapping mapping : now) {
            if (mapping.start() <= page.start() && page.start() < mapping.end()) {
                return mapping.start() <= neighbour && neighbour < mapping.end();
            }
        }
        return false;
    }
}
