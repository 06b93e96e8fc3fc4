// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.memory.SmapsCost;
import java.util.List;
import java.util.Map;

/**
 * The lock on this JVM's memory. Every attribute is cheap to read. Byte counts are -1 where unknown, but for
 * {@code LimitBytes}, where -1 means unlimited.
 *
 * <p>Notifications of type {@link #STATE_CHANGED} are sent when {@code State} changes.
 */
@Description("The lock on this JVM's memory: what should be locked, how much is locked, and whether the lock holds")
public interface MemoryLockMXBean {

    /** The name it is registered by. */
    String OBJECT_NAME = "io.memlock:type=MemoryLock";

    /** Notification type; the message names the old and the new state, the user data is the new one. */
    String STATE_CHANGED = "io.memlock.state.changed";

    @Description("What should be locked: all, none, or regions joined by +")
    String getMode();

    @Description(
            "What is left unlocked with mode=all: regions joined by +, or nothing. Coverage leaves these regions out")
    String getExclude();

    @Description("The only mapped files that should be locked: globs joined by +; none if all or no mapped files should"
            + " be locked")
    String getMapped();

    @Description("The regions that should be locked, joined by +: the result of Mode, Exclude and Mapped. With Mapped,"
            + " only some files of the region mapped. Empty if there are none")
    String getSelection();

    @Description("How new mappings are locked: future (by the kernel as they are created), rescan (soon after, by the"
            + " keeper) or none")
    String getStrategy();

    @Description("LOCKED: everything selected is locked; PARTIAL: some of it is not, or an unlock is not complete, see"
            + " LastFailure; UNLOCKED: nothing is selected; FAILED: nothing that is selected is locked;"
            + " UNKNOWN: the lock was not verified for three intervals, and at least 3 s, see LastFailure")
    String getState();

    @Description("State as a number: 0 LOCKED, 1 PARTIAL, 2 FAILED, 3 UNKNOWN, 4 UNLOCKED")
    int getStateCode();

    @Description(
            "Each state by name: 1 for the current state, 0 for the others. For exporters, which read numbers only")
    Map<String, Integer> getStates();

    @Description("Milliseconds since State was last verified; -1 if it never was")
    long getVerifiedAgeMillis();

    @Description(
            "Progress of prefault. NONE: not asked for, or nothing is locked; POPULATING; DONE: committed memory is"
                    + " populated, and so is the reserve of a growing heap; STOPPED: too little memory is left, or"
                    + " not possible here")
    String getPrefaultState();

    @Description("Bytes in RAM and locked, at the last scan; a page shared with other processes counts by its share,"
            + " with more than 512 MiB resident by a half, or in full if it is shared for writing")
    long getLockedBytes();

    @Description(
            "Milliseconds since the scan that LockedBytes, ResidentBytes, SwappedBytes, Coverage and Regions come from;"
                    + " -1 before the first")
    long getLockedBytesAgeMillis();

    @Description(
            "Bytes of locked mappings, resident or not: what counts against the limit (VmLck). Not a measure of RAM")
    long getChargedBytes();

    @Description("Bytes of this JVM in RAM, at the last scan; a page shared with other processes counts by its share,"
            + " with more than 512 MiB resident by a half, or in full if it is shared for writing")
    long getResidentBytes();

    @Description("Bytes of this JVM in swap, at the last scan. With more than 512 MiB resident, shared memory (ZGC's"
            + " heap, files in /dev/shm) counts only if its file is open, from Linux 6.10 on and without a"
            + " seccomp filter: \"regions PID\" counts all")
    long getSwappedBytes();

    @Description(
            "Locked bytes divided by resident bytes of what is selected (Selection), at the last scan, from 0 to 1."
                    + " 1 means all of it, or that nothing of it is in RAM; -1 if nothing is selected, or before the first"
                    + " scan")
    double getCoverage();

    @Description("Page faults that had to read from disk, since this JVM started")
    long getMajorFaults();

    @Description(
            "Bytes that may be locked (RLIMIT_MEMLOCK, soft); -1 if unlimited, also by privilege; the largest long if"
                    + " not known, because a seccomp filter refuses to tell")
    long getLimitBytes();

    @Description(
            "Bytes this JVM can still take before the OOM killer comes, or the kernel stops its threads at memory.high:"
                    + " the least of what the host and each visible memory cgroup have left, unlocked page cache"
                    + " counted as free; -1 if not known")
    long getHeadroomBytes();

    @Description("Bytes in a page")
    long getPageSizeBytes();

    @Description("What each region of the JVM holds, at the last scan; its Coverage is 1 where nothing is resident")
    List<RegionRow> getRegions();

    @Description(
            "Direct buffers and native segments, each with its number and its bytes, -1 where unknown. Direct buffers"
                    + " are those of ByteBuffer.allocateDirect. Segments are those of any Arena that were allocated"
                    + " after countSegments() was called and are not freed")
    OffHeapRow getOffHeap();

    @Description("Which classes allocated the direct buffers and native segments that are not freed, since"
            + " sampleOffHeap() was called: estimates, each with the number of samples it rests on. The"
            + " class is the first on the stack that is not the JDK's, so a library's pool is named instead"
            + " of its user. Empty before")
    List<AllocatingClassRow> getOffHeapByClass();

    @Description("Parts of mappings that the agent had to lock after its first pass: growth under rescan, or what"
            + " somebody had unlocked")
    long getRelockCount();

    @Description(
            "Passes of the keeper, and requests, that failed: something selected was not locked, or an unlock or a look"
                    + " was refused; LastFailure has the reason of the last one")
    long getFailureCount();

    @Description("Why memory is not locked, or was not at the last failure; empty if there was none")
    String getLastFailure();

    @Description("Milliseconds the last scan took; -1 before the first")
    long getLastScanMillis();

    @Description("Version of the agent")
    String getVersion();

    @Description("Scans, then answers; walks page tables: " + SmapsCost.IN_WORDS + "; with"
            + " more than " + SmapsCost.CHEAP_IN_WORDS
            + " resident in small pieces, up to 0.15 s for each GiB. Scans are shared: there is"
            + " none within a second of the last, nor within 200 times what that took; see LockedBytesAgeMillis")
    void refresh();

    @Description(
            "Locks by new options from now on, in small pieces, without stalling the application. Returns the result"
                    + " as text. on-failure is ignored, because nothing here ends the JVM; jmx=off is refused")
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
                    + " as countSegments() does. Each allocation then also draws a random number; about one in 512"
                    + " KiB, and each of that size or larger, also walks the stack")
    void sampleOffHeap();

    @Description("Returns as text what is locked, what is not and why, and how the regions were found")
    String diagnose();
}
