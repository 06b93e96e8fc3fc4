// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Paths;
import io.memlock.files.ProcFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's swap areas: {@code /proc/swaps}. proc_swaps(5)
 *
 * @param areas in use; none means that no memory of any process can be swapped out
 */
public record Swaps(List<Area> areas) {

    /**
     * One swap area.
     *
     * @param file device or file
     * @param type {@code partition} or {@code file}
     * @param sizeBytes its size
     * @param usedBytes how much of it is in use
     * @param priority higher is used first
     */
    public record Area(String file, String type, long sizeBytes, long usedBytes, long priority) {

        /** Whether it compresses into RAM instead of writing to a disk. */
        public boolean isZram() {
            return file.startsWith("/dev/zram");
        }
    }

    /** Copies the list. */
    public Swaps {
        areas = List.copyOf(areas);
    }

    /**
     * Parses the file.
     *
     * @param text of the file
     * @return an area a line
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static Swaps parse(String text) {
        return parse(new Cursor("swaps", text));
    }

    static Swaps parse(Cursor swaps) {
        List<Area> areas = new ArrayList<>();
        swaps.nextLine();
        while (swaps.nextLine()) {
            String file = Paths.unescaped(swaps.word());
            swaps.skipBlanks();
            String type = swaps.word();
            long size = kilobytes(swaps);
            long used = kilobytes(swaps);
            swaps.skipBlanks();
            boolean negative = swaps.peek() == '-';
            if (negative) {
                swaps.next();
            }
            long priority = swaps.decimal();
            areas.add(new Area(file, type, size, used, negative ? -priority : priority));
        }
        return new Swaps(areas);
    }

    private static long kilobytes(Cursor line) {
        line.skipBlanks();
        long value = line.decimal();
        if (value > Long.MAX_VALUE >> 10) {
            throw line.malformed("a number of kilobytes");
        }
        return value << 10;
    }
}
