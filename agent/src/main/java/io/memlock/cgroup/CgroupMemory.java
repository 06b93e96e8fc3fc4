// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;

/**
 * What a cgroup allows its processes, and what they use.
 *
 * <p>Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst. A limit of -1 is none: unlimited, or the kernel has
 * no such limit here (the root cgroup, swap accounting off). Other numbers are -1 where unknown.
 *
 * @param limitBytes memory.max; v1: memory.limit_in_bytes. Beyond it the kernel reclaims, then kills
 * @param highBytes memory.high: beyond it the kernel throttles and reclaims; v1 has none
 * @param usageBytes memory.current; v1: memory.usage_in_bytes. Page cache included
 * @param swapLimitBytes memory.swap.max; v1: memory.memsw.limit_in_bytes less limitBytes, though there swap may also
 *     take what memory leaves unused of both
 * @param hierarchicalLimitBytes v1: the tightest limit here and above, even where a container hides the levels above
 */
public record CgroupMemory(
        long limitBytes, long highBytes, long usageBytes, long swapLimitBytes, long hierarchicalLimitBytes) {

    /** No limit. */
    public static final long UNLIMITED = -1;

    /** v1 says "unlimited" with the largest multiple of the page size below 2^63. */
    private static final long V1_UNLIMITED = 1L << 62;

    private static final Keys STAT_V1 = new Keys("hierarchical_memory_limit ");
    private static final byte[] MAX = {'m', 'a', 'x'};

    /**
     * A cgroup of the v2 hierarchy.
     *
     * @param files of its directory
     * @throws ProcFormatException if a file is not in the kernel's format
     */
    public static CgroupMemory v2(CgroupFiles files) {
        return new CgroupMemory(
                number(files, "memory.max"),
                number(files, "memory.high"),
                number(files, "memory.current"),
                number(files, "memory.swap.max"),
                UNLIMITED);
    }

    /**
     * A cgroup of the v1 memory hierarchy.
     *
     * @param files of its directory
     * @throws ProcFormatException if a file is not in the kernel's format
     */
    public static CgroupMemory v1(CgroupFiles files) {
        long limit = number(files, "memory.limit_in_bytes");
        return new CgroupMemory(
                limit,
                UNLIMITED,
                number(files, "memory.usage_in_bytes"),
                difference(number(files, "memory.memsw.limit_in_bytes"), limit),
                keyed(files, "memory.stat", STAT_V1));
    }

    /** The tighter of two limits, either of which may be unlimited. */
    static long tighter(long one, long other) {
        if (one == UNLIMITED || other == UNLIMITED) {
            return Math.max(one, other);
        }
        return Math.min(one, other);
    }

    private static long difference(long total, long part) {
        return total < 0 || part < 0 ? -1 : Math.max(0, total - part);
    }

    /** A file that holds one number: -1 if there is no such file, or none in it. */
    static long number(CgroupFiles files, String name) {
        String text = files.text(name);
        if (text == null) {
            return -1;
        }
        Cursor cursor = new Cursor(name, text);
        cursor.nextLine();
        if (!cursor.skip(MAX)) {
            return limited(cursor);
        }
        if (!cursor.atLineEnd()) {
            throw cursor.malformed("nothing after max");
        }
        return UNLIMITED;
    }

    /** A number of a file that has one a line: -1 if it is not there. */
    static long keyed(CgroupFiles files, String name, Keys key) {
        String text = files.text(name);
        if (text == null) {
            return -1;
        }
        Cursor cursor = new Cursor(name, text);
        while (cursor.nextLine()) {
            if (key.find(cursor, Keys.NONE) != Keys.NONE) {
                return limited(cursor);
            }
        }
        return -1;
    }

    private static long limited(Cursor cursor) {
        long value = cursor.number();
        return value >= V1_UNLIMITED ? UNLIMITED : value;
    }
}
