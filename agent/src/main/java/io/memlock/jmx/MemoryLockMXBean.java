// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.memory.SmapsCost;
import java.util.List;
import java.util.Map;

/**
 * The lock on this JVM's memory. Every attribute is cheap to read. Byte counts are -1 where unknown.
 *
 * <p>Notifications of type {@link #STATE_CHANGED} are sent when {@code State} changes.
 */
@Description("The lock on this JVM's memory: what is locked, how much, and how well the promise is kept")
public interface MemoryLockMXBean {

    /** The name it is registered by. */
    String OBJECT_NAME = "io.memlock:type=MemoryLock";

    /** Notification type; the message names the old and the new state, the user data is the new one. */
    String STATE_CHANGED = "io.memlock.state.changed";

    @Description("What should be locked: all, none, or regions joined by +")
    String getMode();

    @Description(
            "What is left unlocked although the mode is all: regions joined by +, or nothing. Coverage leaves it out")
    String getExclude();

    @Description(
            "Which of the files that the application maps should be locked, where neither all nor none of them should"
                    + " be: globs joined by +; none otherwise")
    String getMapped();

    @Description(
            "The regions that should be locked, joined by +: what Mode, Exclude and Mapped come to, where with Mapped"
                    + " only some files of mapped should be. Empty if there are none")
    String getSelection();

    @Description("How new mappings are locked: future (born locked), rescan (found and locked by the keeper) or none")
    String getStrategy();

    @Description("LOCKED: all that is selected; PARTIAL: some of it is not, or what was to be unlocked is not, see"
            + " LastFailure; UNLOCKED: nothing was asked for; FAILED: nothing is locked although it was asked for;"
            + " UNKNOWN: nobody has verified it for longer than three intervals, see LastFailure")
    String getState();

    @Description("State as a number: 0 LOCKED, 1 PARTIAL, 2 FAILED, 3 UNKNOWN, 4 UNLOCKED")
    int getStateCode();

    @Description(
            "Each state by name: 1 for the one that State names, 0 for the others. For exporters, which read no texts")
    Map<String, Integer> getStates();

    @Description("Milliseconds since State was last verified; -1 if it never was")
    long getVerifiedAgeMillis();

    @Description(
            "How far prefault has come. NONE: not asked for, or nothing is locked; POPULATING; DONE: what was committed"
                    + " is populated, and of a growing heap the reserve ahead of its use; STOPPED: too little room, or not possible"
                    + " here")
    String getPrefaultState();

    @Description("Bytes in RAM and locked, at the last scan; a page shared with other processes counts by its share")
    long getLockedBytes();

    @Description(
            "Milliseconds since the scan that LockedBytes, ResidentBytes, SwappedBytes, Coverage and Regions come from;"
                    + " -1 before the first")
    long getLockedBytesAgeMillis();

    @Description(
            "Bytes of locked mappings, resident or not: what counts against the limit (VmLck). Not a measure of RAM")
    long getChargedBytes();

    @Description("Bytes of this JVM in RAM, at the last scan; a page shared with other processes counts by its share")
    long getResidentBytes();

    @Description(
            "Bytes of this JVM in swap, at the last scan; with more than 512 MiB resident, of shared memory (ZGC's heap,"
                    + " files in /dev/shm) only what is open, from Linux 6.10 on and without a seccomp filter:"
                    + " \"regions PID\" counts all")
    long getSwappedBytes();

    @Description(
            "Locked of resident bytes of what is selected (Selection), at the last scan, from 0 to 1. The promise is 1;"
                    + " of what is excluded it says nothing. -1 if nothing is selected, or before the first scan")
    double getCoverage();

    @Description("Page faults that had to read from disk, since this JVM started")
    long getMajorFaults();

    @Description("Bytes that may be locked (RLIMIT_MEMLOCK, soft); -1 if unlimited, also by privilege")
    long getLimitBytes();

    @Description(
            "Bytes this JVM can still take before the kernel would have to kill: the least of what the host and each"
                    + " visible memory cgroup have left, unlocked page cache counted as free; -1 if neither tells")
    long getHeadroomBytes();

    @Description("Bytes in a page")
    long getPageSizeBytes();

    @Description("What each region of the JVM holds, at the last scan")
    List<RegionRow> getRegions();

    @Description(
            "Direct buffers and native segments, each with its number and its bytes, -1 where unknown. Direct buffers"
                    + " are those of ByteBuffer.allocateDirect. Segments are those of any Arena that were allocated since"
                    + " countSegments() was called, and not freed")
    OffHeapRow getOffHeap();

    @Description(
            "Which classes allocated direct buffers and native segments after sampleOffHeap() was called, and did not"
                    + " free them: estimates, each with the number of samples it rests on. The class is the first on the"
                    + " stack that is not the JDK's, so that a library's pool is named and not its user. Empty before")
    List<AllocatingClassRow> getOffHeapByClass();

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

    @Description("Scans, then answers; walks page tables: " + SmapsCost.IN_WORDS + "; with"
            + " more than " + SmapsCost.CHEAP_IN_WORDS
            + " resident in small pieces, 0.15 s for each GiB. Scans are shared: there is"
            + " none within a second of the last, nor within 200 times what that took; see LockedBytesAgeMillis")
    void refresh();

    @Description("Locks something else from now on, in small pieces, without stalling the application. Answers what"
            + " came of it. on-failure is ignored, as nothing ends this JVM; jmx=off is refused")
    String lock(
            @Description(name = "options", value = "Options as for the agent, such as mode=heap+code") String options);

    @Description("Unlocks what the agent locked, in small pieces; what the application locked itself stays locked")
    String unlock();

    @Description(
            "Counts native segments in OffHeap from now on, until this JVM ends, on JDK 22 and later. Each allocation"
                    + " then takes an object of 32 bytes and two atomic additions more")
    void countSegments();

    @Description(
            "Samples allocations by class in OffHeapByClass from now on, until this JVM ends, and counts native segments"
                    + " as countSegments() does. Each allocation then takes a random number more, and one in 512 KiB, as"
                    + " each of that size or larger, a walk of the stack")
    void sampleOffHeap();

    @Description("Tells what is locked, what is not and why, and how the regions were found, as text")
    String diagnose();
}
