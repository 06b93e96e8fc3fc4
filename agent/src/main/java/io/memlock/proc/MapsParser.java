// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.util.ArrayList;
import java.util.List;

/** Parses {@code /proc/PID/maps}. proc_pid_maps(5), fs/proc/task_mmu.c: show_map_vma */
final class MapsParser {

    /** Short for a line: the list rarely has to grow, and is never much too long. */
    private static final int LINE_BYTES = 72;

    /** A device whose private mappings hold anonymous memory, and nothing of a file. drivers/char/mem.c: mmap_zero */
    private static final String ZERO = "/dev/zero";

    private MapsParser() {}

    /**
     * Returns all mappings, in the order of their addresses.
     *
     * @param maps the file; empty for a kernel thread
     * @param length of it, in bytes
     * @param before what there was at an earlier look: what is still the same is the same object, and no garbage
     * @param files tells what is behind the mappings, in this reading
     * @throws io.memlock.files.ProcFormatException if it is not in the kernel's format
     */
    static List<Mapping> parse(Cursor maps, int length, List<Mapping> before, FileSystems files) {
        List<Mapping> mappings = new ArrayList<>(length / LINE_BYTES + 1);
        int next = 0;
        int count = before.size();
        while (maps.nextLine()) {
            long start = maps.hex();
            while (next < count && Long.compareUnsigned(before.get(next).start(), start) < 0) {
                next++;
            }
            mappings.add(mapping(maps, start, next < count ? before.get(next) : null, files));
        }
        return mappings;
    }

    /** Parses one line, as smaps has it too. */
    static Mapping mapping(Cursor line, FileSystems files) {
        return mapping(line, line.hex(), null, files);
    }

    /**
     * Parses the rest of a line.
     *
     * @param before returned if the line says the same; null for none
     */
    private static Mapping mapping(Cursor line, long start, Mapping before, FileSystems files) {
        line.expect('-');
        long end = line.hex();
        if (Long.compareUnsigned(start, end) >= 0 || end - start < 0) {
            throw line.malformed("an end address above the start address");
        }
        line.expect(' ');
        boolean readable = flag(line, 'r', '-');
        boolean writable = flag(line, 'w', '-');
        boolean executable = flag(line, 'x', '-');
        boolean shared = flag(line, 's', 'p');
        line.expect(' ');
        long offset = line.hex();
        line.expect(' ');
        long major = line.hex();
        line.expect(':');
        long minor = line.hex();
        line.expect(' ');
        long inode = line.unsignedDecimal();
        if (!line.atLineEnd()) {
            line.expect(' ');
            line.skipBlanks();
        }
        String path = line.restMaybeRepeated();
        inode = !shared && path.equals(ZERO) ? 0 : inode;
        Backing backing = files.backing(major, minor, inode, path);
        boolean isSame = before != null
                && before.is(start, end, readable, writable, executable, shared, offset, inode, path, backing);
        return isSame
                ? before
                : new Mapping(start, end, readable, writable, executable, shared, offset, inode, path, backing);
    }

    private static boolean flag(Cursor line, char set, char unset) {
        int c = line.peek();
        if (c != set && c != unset) {
            throw line.malformed("'" + set + "' or '" + unset + "'");
        }
        line.next();
        return c == set;
    }
}
