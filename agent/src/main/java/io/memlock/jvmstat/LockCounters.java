// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Publishes the lock among the JVM's performance counters, where others can read it without attaching, as
 * {@code jcmd PID PerfCounter.print} does.
 */
public final class LockCounters {

    /** What the keeper had to lock again. */
    public static final String RELOCKS = "io.memlock.relocks";

    /** The number of the state, as the MXBean's StateCode. */
    public static final String STATE = "io.memlock.state";

    /** When the state was last found to be so: nanoseconds of CLOCK_MONOTONIC; 0 if it never was. */
    public static final String VERIFIED = "io.memlock.verified";

    /** Until when the state is to be believed: nanoseconds of CLOCK_MONOTONIC. */
    public static final String GOOD_UNTIL = "io.memlock.goodUntil";

    /** Bytes locked of what is selected, at the last scan; says nothing before the first. */
    public static final String LOCKED = "io.memlock.lockedBytes";

    /** Bytes resident of what is selected, at the last scan. */
    public static final String RESIDENT = "io.memlock.residentBytes";

    /** Bytes locked of the whole process, at the last scan. */
    public static final String PROCESS_LOCKED = "io.memlock.processLockedBytes";

    /** Bytes resident of the whole process, at the last scan. */
    public static final String PROCESS_RESIDENT = "io.memlock.processResidentBytes";

    /** Bytes swapped out of the whole process, with shared memory, at the last scan. */
    public static final String PROCESS_SWAPPED = "io.memlock.processSwappedBytes";

    /** When the last scan was: nanoseconds of CLOCK_MONOTONIC; 0 before the first. */
    public static final String SCANNED = "io.memlock.scanned";

    /** The selected regions, joined by +. */
    public static final String SELECTION = "io.memlock.selection";

    /**
     * Which files of the region {@code mapped} are selected: globs joined by +, empty for all of them or none, {@link
     * #UNTOLD} for some that cannot be told here.
     */
    public static final String FILES = "io.memlock.files";

    /** In place of globs that are long, or in other letters than ASCII: all counters together have 32 KiB. */
    public static final String UNTOLD = "?";

    private static final int MOST_TEXT_BYTES = 255;

    private final ByteBuffer relocks;
    private final ByteBuffer state;
    private final ByteBuffer verified;
    private final ByteBuffer goodUntil;
    private final ByteBuffer locked;
    private final ByteBuffer resident;
    private final ByteBuffer processLocked;
    private final ByteBuffer processResident;
    private final ByteBuffer processSwapped;
    private final ByteBuffer scanned;
    private final ByteBuffer selection;
    private final ByteBuffer files;

    /** The globs that were published last; null before the first time. */
    private String publishedFiles;

    /**
     * Adds them; a JVM can have them only once.
     *
     * @throws ReflectiveOperationException if there is no room for them
     */
    public LockCounters(OwnCounters own) throws ReflectiveOperationException {
        relocks = own.addCount(RELOCKS);
        verified = own.addNumber(VERIFIED);
        goodUntil = own.addNumber(GOOD_UNTIL);
        locked = own.addNumber(LOCKED);
        resident = own.addNumber(RESIDENT);
        processLocked = own.addNumber(PROCESS_LOCKED);
        processResident = own.addNumber(PROCESS_RESIDENT);
        processSwapped = own.addNumber(PROCESS_SWAPPED);
        scanned = own.addNumber(SCANNED);
        selection = own.addText(SELECTION, MOST_TEXT_BYTES);
        files = own.addText(FILES, MOST_TEXT_BYTES);
        state = own.addNumber(STATE); // the last: who sees it sees all
    }

    /**
     * Publishes the state.
     *
     * @param code its number
     * @param selected the regions, joined by +
     * @param selectedFiles globs joined by +
     * @param relockCount parts of mappings the agent had to lock after its first pass
     * @param verifiedNanos when that was last found to be so, 0 if it never was
     * @param goodUntilNanos until when that is to be believed
     */
    public void state(
            int code,
            String selected,
            String selectedFiles,
            long relockCount,
            long verifiedNanos,
            long goodUntilNanos) {
        relocks.putLong(0, relockCount);
        if (!selectedFiles.equals(publishedFiles)) {
            put(files, (isTellable(selectedFiles) ? selectedFiles : UNTOLD).getBytes(StandardCharsets.US_ASCII));
            publishedFiles = selectedFiles;
        }
        put(selection, selected.getBytes(StandardCharsets.ISO_8859_1));
        state.putLong(0, code);
        verified.putLong(0, verifiedNanos);
        goodUntil.putLong(0, goodUntilNanos);
    }

    private static boolean isTellable(String globs) {
        byte[] ascii = globs.getBytes(StandardCharsets.US_ASCII);
        return globs.length() < MOST_TEXT_BYTES && globs.equals(new String(ascii, StandardCharsets.US_ASCII));
    }

    private static void put(ByteBuffer counter, byte[] text) {
        int length = Math.min(text.length, counter.capacity() - 1);
        counter.put(0, text, 0, length);
        counter.put(length, (byte) 0);
    }

    /**
     * Publishes what a scan found of the whole process. {@link #scan} must be called next.
     */
    public void process(long lockedBytes, long residentBytes, long swappedBytes) {
        processLocked.putLong(0, lockedBytes);
        processResident.putLong(0, residentBytes);
        processSwapped.putLong(0, swappedBytes);
    }

    /**
     * Publishes what a scan found of the selection.
     *
     * @param lockedBytes locked
     * @param residentBytes resident
     * @param scannedNanos when
     */
    public void scan(long lockedBytes, long residentBytes, long scannedNanos) {
        locked.putLong(0, lockedBytes);
        resident.putLong(0, residentBytes);
        scanned.putLong(0, scannedNanos);
    }
}
