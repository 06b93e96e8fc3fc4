// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

/**
 * Numbers of one moment.
 *
 * @param chargedBytes length of all locked mappings (VmLck)
 * @param residentBytes in RAM (VmRSS)
 * @param swappedBytes in swap (VmSwap)
 * @param majorFaults page faults that had to read from disk, since the process started
 */
public record ProcessNumbers(long chargedBytes, long residentBytes, long swappedBytes, long majorFaults) {}
