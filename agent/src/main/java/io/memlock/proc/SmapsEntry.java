// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.memory.Mapping;

/**
 * One mapping with what it holds: one paragraph of {@code /proc/PID/smaps}. proc_pid_smaps(5)
 *
 * <p>What an older kernel does not print is 0 or false.
 *
 * @param mapping where it is and what it maps
 * @param pssBytes resident, each page divided by the number of its mappings
 * @param hugetlbBytes resident as hugetlb pages, private and shared, in full for each mapping; not part of pssBytes, and
 *     never swapped
 * @param swapBytes swapped out
 * @param swapPssBytes swapped out, each page divided by the number of its users (since Linux 4.3); without shared memory
 * @param lockedBytes resident and locked; the kernel counts it as it counts pssBytes
 * @param locked VmFlags {@code lo}: the mapping is locked, by any means
 * @param lockedOnFault VmFlags {@code lf}: locked with MLOCK_ONFAULT or MCL_ONFAULT (since Linux 4.4)
 * @param special VmFlags {@code io}, {@code pf}, {@code de}, {@code mm} or {@code dp}: mlock(2) and munlock(2) succeed on it
 *     and do nothing
 */
public record SmapsEntry(
        Mapping mapping,
        long pssBytes,
        long hugetlbBytes,
        long swapBytes,
        long swapPssBytes,
        long lockedBytes,
        boolean locked,
        boolean lockedOnFault,
        boolean special) {

    /** Returns this entry with another number of bytes in hugetlb pages. */
    public SmapsEntry withHugetlbBytes(long bytes) {
        return bytes == hugetlbBytes
                ? this
                : new SmapsEntry(
                        mapping, pssBytes, bytes, swapBytes, swapPssBytes, lockedBytes, locked, lockedOnFault, special);
    }

    /**
     * Returns what is in RAM. The kernel's own and device memory counts as nothing: it is never locked, nor swapped. So does
     * memory that the kernel may drop instead. Huge pages count, though their mappings are special, too.
     */
    public long residentBytes() {
        return (special ? 0 : pssBytes) + hugetlbBytes;
    }

    /** Returns what of it is locked, or of hugetlbfs, whose pages are never swapped. */
    public long lockedOrHugetlbBytes() {
        return (special ? 0 : lockedBytes) + hugetlbBytes;
    }

    /**
     * Returns what is in swap, as far as it can be told apart. Of shared memory the kernel counts it in {@code Swap}
     * only, in full for each mapping and process; of private memory {@code SwapPss} gives each process its share.
     */
    public long swappedBytes() {
        return mapping.shared() ? Math.max(swapBytes, swapPssBytes) : swapPssBytes;
    }
}
