// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

/** Names where the pages of a mapping are read from, and where they can be written to. */
public enum Backing {
    /** No file: they can go to swap. */
    NONE,
    /** A file that is kept elsewhere, on a disk: they can be dropped and read again. */
    FILE,
    /** A file in memory, on tmpfs or of the kernel's own: they can go to swap, and nowhere else. */
    MEMORY,
    /** Huge pages of hugetlbfs: they can go nowhere. */
    HUGETLB,
    /** A driver or the kernel, as a device or a ring of io_uring: no lock holds them, and they are never swapped. */
    DRIVER
}
