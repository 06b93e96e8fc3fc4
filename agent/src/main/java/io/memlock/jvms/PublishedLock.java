// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.jvmstat.LockCounters;
import io.memlock.jvmstat.PerfData;
import io.memlock.log.PlainText;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.state.LockState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the agent in a JVM publishes of its lock among the JVM's performance counters. A process may publish anything,
 * so the kernel's numbers are used to check what it says.
 *
 * @param state how far the promise is kept; null if nothing is published
 * @param regions the selected regions that this version knows, in their order
 * @param files if not empty, of mapped only these are selected, as globs joined by +; {@link LockCounters#UNTOLD} for
 * some
 * @param scan what the agent last measured
 * @param relocks parts of mappings the agent had to lock after its first pass, -1 if not known
 * @param verifiedAgeSeconds how long ago the state was last found to be so, -1 if not known
 */
public record PublishedLock(
        LockState state,
        List<Region> regions,
        String files,
        PublishedScan scan,
        long relocks,
        long verifiedAgeSeconds) {

    /**
     * The lock of a JVM without the agent, with {@code -XX:-UsePerfData} or {@code -XX:+PerfDisableSharedMem}, or whose counters
     * cannot be read.
     */
    public static final PublishedLock NOTHING =
            new PublishedLock(null, List.of(), "", PublishedScan.NONE, Numbers.UNKNOWN, Numbers.UNKNOWN);

    /** The most characters of a text that an agent publishes. */
    private static final int LONGEST_TEXT = 254;

    /** The regions that hold the anonymous memory of a JVM. */
    private static final List<Region> WITH_ANONYMOUS = withAnonymous();

    /** The tolerance: the published scan is older than the kernel's numbers. */
    private static final double SAME = 0.8;

    private static List<Region> withAnonymous() {
        List<Region> all = new ArrayList<>(List.of(Region.values()));
        all.removeAll(List.of(Region.MAPPED, Region.SHM));
        return all;
    }

    /** Reads what a JVM publishes: one file of some ten kilobytes, as the JVM sees it. */
    public static PublishedLock of(ProcDirectory proc, long pid) {
        try {
            byte[] file = proc.perfData(pid);
            return file == null ? NOTHING : in(file, ProcessClock.nanoTime(proc, pid));
        } catch (IOException e) {
            return NOTHING;
        }
    }

    /**
     * Parses the file.
     *
     * @param nowNanos the time in the process; {@link ProcessClock#UNKNOWN} makes all ages unknown, and the state with them
     */
    static PublishedLock in(byte[] file, long nowNanos) {
        String selection = PerfData.text(file, LockCounters.SELECTION);
        LockState state = LockState.ofCode(PerfData.counter(file, LockCounters.STATE));
        if (selection == null || state == null) {
            return NOTHING;
        }
        long verified = PerfData.counter(file, LockCounters.VERIFIED);
        boolean isOld = PerfData.counter(file, LockCounters.GOOD_UNTIL) < nowNanos || verified > nowNanos;
        return new PublishedLock(
                isOld ? LockState.UNKNOWN : state,
                known(selection),
                files(PerfData.text(file, LockCounters.FILES)),
                PublishedScan.in(file, nowNanos),
                Math.max(Numbers.UNKNOWN, PerfData.counter(file, LockCounters.RELOCKS)),
                PublishedScan.ageSeconds(verified, nowNanos));
    }

    /** Returns the regions named that this version knows. */
    private static List<Region> known(String selection) {
        List<String> names = List.of(selection.split("\\+", -1));
        return Arrays.stream(Region.values())
                .filter(region -> names.contains(region.optionName()))
                .toList();
    }

    /** Returns globs no longer than an agent publishes them; an agent that knows no such option publishes none. */
    private static String files(String globs) {
        return globs == null ? "" : globs.length() > LONGEST_TEXT ? LockCounters.UNTOLD : globs;
    }

    /**
     * Returns this lock with what somebody else has measured just now, which counts more than what the agent says.
     *
     * @param lockedBytes locked of the selection
     * @param residentBytes resident of the selection
     */
    public PublishedLock measured(long lockedBytes, long residentBytes) {
        boolean isLess = state == LockState.LOCKED && Numbers.coverage(lockedBytes, residentBytes) < LockSummary.ALL;
        return new PublishedLock(
                isLess ? LockState.PARTIAL : state,
                regions,
                files,
                new PublishedScan(lockedBytes, residentBytes, Numbers.UNKNOWN, Numbers.UNKNOWN, Numbers.UNKNOWN, 0),
                relocks,
                verifiedAgeSeconds);
    }

    /** Returns the bytes that are locked of the selection, -1 if not known. */
    public long lockedBytes() {
        return scan.lockedBytes();
    }

    /** Returns the bytes that are resident of the selection, -1 if not known. */
    public long residentBytes() {
        return scan.residentBytes();
    }

    /**
     * Completes what the kernel tells at no cost by what the agent has measured, where the kernel bears it out. The agent's
     * numbers are older, so none of them exceeds what the kernel allows now.
     *
     * @param seen what the kernel tells; returned as it is if the locked bytes are among it
     * @param hostSwapUsedBytes the swap in use on this host, -1 if not known
     */
    JvmMemory complete(JvmMemory seen, long hostSwapUsedBytes) {
        if (seen.lockedBytes() >= 0 || !scan.isOfProcess() || !isBorneOutBy(seen) || isOutgrownBy(seen)) {
            return seen;
        }
        long mostLocked = Math.min(seen.residentBytes(), seen.mostLockedBytes());
        boolean isPossible = scan.processSwappedBytes() <= hostSwapUsedBytes;
        return new JvmMemory(
                Math.min(scan.processResidentBytes(), seen.residentBytes()),
                Math.min(scan.processLockedBytes(), mostLocked),
                seen.chargedBytes(),
                isPossible ? Math.max(seen.swappedBytes(), scan.processSwappedBytes()) : seen.swappedBytes(),
                seen.anonymousBytes(),
                seen.hugetlbBytes(),
                scan.ageSeconds());
    }

    /** Returns whether the JVM has grown far beyond the scan, as one that was small while it could be scanned. */
    private boolean isOutgrownBy(JvmMemory seen) {
        return scan.processResidentBytes() < seen.anonymousBytes() * SAME;
    }

    /** Returns locked of resident bytes of the selection, from 0 to 1; -1 if not known. */
    public double coverage() {
        return Numbers.coverage(lockedBytes(), residentBytes());
    }

    /** Returns locked of resident bytes, of what {@link #coverageOf} names. */
    public double coverage(JvmMemory memory) {
        return isBorneOutBy(memory) ? coverage() : memory.coverage();
    }

    /**
     * Returns whether the agent says that something is not locked, while the share is not known or passes for all: the share is
     * that of an older scan, or what is locked can be swapped out at any moment, as ZGC's heap under a limit.
     */
    public boolean isWorseThanItsShare(JvmMemory memory) {
        double share = coverage(memory);
        return state == LockState.PARTIAL && (share < 0 || share >= LockSummary.ALL);
    }

    /** Returns the age of what {@link #coverage(JvmMemory)} returns, -1 if not known. */
    public long coverageAgeSeconds(JvmMemory memory) {
        return isBorneOutBy(memory) ? scan.ageSeconds() : memory.ageSeconds();
    }

    /** Names for JSON what the coverage is of: the selection where the kernel bears it out, otherwise everything. */
    public String coverageOf(JvmMemory memory) {
        return isBorneOutBy(memory) ? "selection" : "everything";
    }

    /** Returns the selected regions, joined by +; empty if none is. */
    public String selection() {
        return Region.joined(regions);
    }

    /**
     * Returns which files of mapped are selected where only some are.
     *
     * @return none where not some are; null if that is not told in a way that can be read
     */
    public List<PathGlob> selectedFiles() {
        if (files.isEmpty()) {
            return List.of();
        }
        if (files.length() > PathGlob.LONGEST) { // the process can tell anything
            return null;
        }
        List<PathGlob> globs = new ArrayList<>();
        for (String glob : PathGlob.split(files)) {
            if (glob.isEmpty() || PathGlob.problem(glob) != null) {
                return null;
            }
            globs.add(PathGlob.of(glob));
        }
        return globs;
    }

    public String describe() {
        return files.isEmpty()
                ? selection()
                : selection() + " (of mapped: " + (selectedFiles() == null ? "some files" : PlainText.of(files)) + ")";
    }

    /** Names what the selection leaves out, apart from files the application maps: for example {@code , but not heap}. */
    String exceptions() {
        List<Region> left = new ArrayList<>(List.of(Region.values()));
        left.removeAll(regions);
        left.remove(Region.MAPPED);
        if (left.isEmpty()) {
            return "";
        }
        return left.size() > regions.size() ? ": " + selection() : ", but not " + Region.joined(left);
    }

    /**
     * Returns whether something is selected, and what the kernel says does not contradict what is published of it. Where nothing
     * can be locked nobody keeps a promise, not even one about nothing.
     */
    public boolean isBorneOutBy(JvmMemory memory) {
        long most = memory.lockedBytes() < 0 ? memory.mostLockedBytes() : memory.lockedBytes();
        return isPossible(memory) && lockedBytes() >= 0 && lockedBytes() * SAME <= most;
    }

    /**
     * Returns whether the state is all there is, and the kernel does not contradict it: it was verified, and there was no scan,
     * as in a large JVM that is not dumpable.
     */
    boolean isStateAlone(JvmMemory memory) {
        return lockedBytes() < 0 && verifiedAgeSeconds >= 0 && memory.mostLockedBytes() > 0 && isPossible(memory);
    }

    /** Returns whether something is selected, and not said to be locked where the kernel says that it cannot be. */
    private boolean isPossible(JvmMemory memory) {
        boolean isContradicted = state == LockState.LOCKED && (memory.mostLockedBytes() == 0 || leavesOut(memory));
        return state != null && !regions.isEmpty() && !isContradicted;
    }

    /** Returns whether all anonymous memory should be locked, and less is charged than there is. */
    private boolean leavesOut(JvmMemory memory) {
        return regions.containsAll(WITH_ANONYMOUS) && memory.chargedBytes() < memory.anonymousBytes() * SAME;
    }
}
