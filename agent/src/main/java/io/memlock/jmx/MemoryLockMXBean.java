// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import java.util.List;

/**
 * The lock on this JVM's memory. Every attribute is cheap to read. Byte counts are -1 where unknown.
 *
 * <p>Notifications of type {@link #STATE_CHANGED} are sent when {@code State} changes.
 */
@Description("The lock on this JVM's memory: what is locked, how much, and how well the promise is kept")
public interface MemoryLockMXBean {

    /** Where it is registered. */
    String OBJECT_NAME = "io.memlock:type=MemoryLock";

    /** Notification type; the message names the old and the new state, the user data is the new one. */
    String STATE_CHANGED = "io.memlock.state.changed";

    @Description("What should be locked: all, none, or regions joined by +")
    String getMode();

    @Description("How new mappings are locked: future (born locked), rescan (found and locked by the keeper) or none")
    String getStrategy();

    @Description(
            "LOCKED: all that is selected; PARTIAL: some of it is not, see LastFailure; UNLOCKED: nothing was asked"
                    + " for; FAILED: nothing is locked although it was asked for")
    String getState();

    @Description("Bytes in RAM and locked, at the last scan; a page shared with other processes counts by its share")
    long getLockedBytes();

    @Description("Milliseconds since the scan that LockedBytes, Coverage and Regions come from; -1 before the first")
    long getLockedBytesAgeMillis();

    @Description(
            "Bytes of locked mappings, resident or not: what counts against the limit (VmLck). Not a measure of RAM")
    long getChargedBytes();

    @Description("Bytes of this JVM in RAM, now (VmRSS)")
    long getResidentBytes();

    @Description("Bytes of this JVM in swap, now (VmSwap)")
    long getSwappedBytes();

    @Description("Locked of resident bytes of what is selected, at the last scan, from 0 to 1. The promise is 1")
    double getCoverage();

    @Description("Page faults that had to read from disk, since this JVM started")
    long getMajorFaults();

    @Description("Bytes that may be locked (RLIMIT_MEMLOCK, soft); -1 if unlimited, also by privilege")
    long getLimitBytes();

    @Description("Bytes in a page")
    long getPageSizeBytes();

    @Description("What each region of the JVM holds, at the last scan")
    List<RegionRow> getRegions();

    @Description("Mappings the keeper had to lock since the start: heap growth under rescan, or another library's"
            + " munlockall")
    long getRelockCount();

    @Description("Looks at the mappings that found something selected but not locked, and could not lock it")
    long getFailureCount();

    @Description("Why the promise is not kept, or was not when it last failed; empty if it never failed")
    String getLastFailure();

    @Description("Milliseconds the last scan took; -1 before the first")
    long getLastScanMillis();

    @Description("Version of the agent")
    String getVersion();

    @Description("Scans now, then answers; walks page tables: 9 ms for each resident GiB, during which this JVM cannot"
            + " map memory; with more than 512 MiB resident in small pieces, 0.15 s for each GiB")
    void refresh();

    @Description("Locks something else from now on, in small pieces, without stalling the application. Answers what"
            + " came of it")
    String lock(@Description("Options as for the agent, such as mode=heap+code") String options);

    @Description("Unlocks what the agent locked, in small pieces; what the application locked itself stays locked")
    String unlock();

    @Description("Tells what is locked, what is not and why, and how the regions were found, as text")
    String diagnose();
}
