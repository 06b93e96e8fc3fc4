// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

/**
 * One mapping (a VMA): one line of {@code /proc/PID/maps}. proc(5)
 *
 * @param start first address, page-aligned
 * @param end address after the last byte, page-aligned
 * @param readable whether {@code r} is set
 * @param writable whether {@code w} is set
 * @param executable whether {@code x} is set
 * @param shared {@code s} rather than {@code p}
 * @param offset bytes into the file, 0 for anonymous memory
 * @param inode of the file, 0 for anonymous memory
 * @param path as the kernel prints it: a file, {@code [stack]} and the like, or "" for anonymous memory
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
        String path) {

    /** Bytes from start to end. */
    public long length() {
        return end - start;
    }

    /**
     * Whether anything in it can be accessed. A mapping that cannot is {@code PROT_NONE}: reserved, not committed, or a
     * guard zone.
     */
    public boolean isAccessible() {
        return readable || writable || executable;
    }

    /** Whether a file is behind it; memfd and unlinked files count, {@code [heap]} and the like do not. */
    public boolean isFileBacked() {
        return inode != 0;
    }
}
