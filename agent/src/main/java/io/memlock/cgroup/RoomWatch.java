// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.cgroup.RoomSource.Locked;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Decides when the keeper must look again, so that files that were born locked against the selection cannot fill the
 * memory that is left. When a mapped file is read under {@code MCL_FUTURE}, its page cache is locked page by page. The
 * kernel cannot drop locked pages, so the OOM killer comes. So the keeper looks again before even a fast reader could
 * have filled half of the memory left.
 *
 * <p>What can be resident and locked is at most what is mapped and locked, which the kernel counts: as long as that has
 * grown by a small part of the room only, there is nothing to do, and a look costs one read of
 * {@code /proc/self/status}.
 *
 * <p>Not thread-safe.
 */
public final class RoomWatch {

    /** Faster than a JVM reads a file that it maps. */
    static final long READ_BYTES_PER_SECOND = 4L << 30;

    /** With less room new mappings are not born locked: one late look of the keeper would be the end of the JVM. */
    public static final long SCARCE_BYTES = 1L << 30;

    /** With less room that ends while the JVM runs: later than at a start, because the change has a price. */
    public static final long VERY_SCARCE_BYTES = 512L << 20;

    /** With so much room new mappings are born locked again. */
    public static final long AMPLE_BYTES = 2L << 30;

    static final long SOONEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** The keeper looks at least so often, because the room itself changes, too. */
    static final long LATEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long SOONEST_MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * To measure what is free takes several files. The up to 200 looks a second of a small container go by what was free up to
     * so long ago, until what is locked has grown.
     */
    static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Growth by less than this part of the room is no danger. */
    private static final long HARMLESS_PART = 16;

    private final RoomSource source;
    private boolean isWatching;
    private long freeBytes = Long.MAX_VALUE;
    private long assumedFreeBytes = Long.MAX_VALUE;
    private long lastLookNanos;
    private long lastFreeNanos;
    private long lastMeasureNanos;
    private Locked settled;
    private Locked begun;
    private OomWatch oomWatch;

    public RoomWatch(RoomSource source) {
        this.source = source;
        this.lastMeasureNanos = source.nanoTime() - LATEST_LOOK_NANOS;
    }

    /** Returns what watches over what is to stay locked. It is made when first asked for, which is after the start. */
    public OomWatch oomWatch() {
        if (oomWatch == null) {
            oomWatch = new OomWatch(source);
        }
        return oomWatch;
    }

    /** Returns whether what is locked has to be unlocked at once, for work that takes long. False while nothing is watched. */
    public boolean isOutgrown() {
        return oomWatch != null && oomWatch.isOutgrown(source.nanoTime());
    }

    /**
     * Measures what is left once the heap is as large as it may become: it is to stay locked, and cannot make room again.
     *
     * @return bytes, {@link RoomSource#UNKNOWN} if a limit cannot be read
     */
    public long measure() {
        lastMeasureNanos = source.nanoTime();
        boolean isFirst = freeBytes == Long.MAX_VALUE; // then nothing is known to fall back on, and main waits
        takeFree(isFirst || locked() != null, lastMeasureNanos);
        return freeBytes == RoomSource.UNKNOWN ? freeBytes : Math.max(0, freeBytes - source.heapToComeBytes());
    }

    /**
     * Takes what is free now. Where no file can be opened, because the application has used up its descriptors, everything
     * looks unlimited: then no more is free than before.
     *
     * @param isReadable whether files could be opened just now
     */
    private void takeFree(boolean isReadable, long nowNanos) {
        lastFreeNanos = nowNanos;
        long free = source.freeBytes();
        freeBytes = isReadable ? free : Math.min(freeBytes, free);
        assumedFreeBytes = freeBytes == RoomSource.UNKNOWN ? visibleFreeBytes() : freeBytes;
    }

    /**
     * Returns what is free as far as it shows, for where a limit cannot be read. It is taken for scarce: to look as if nothing
     * were left would cost some percent of a CPU for ever.
     */
    private long visibleFreeBytes() {
        long free = SCARCE_BYTES;
        for (OomMargin margin : source.margins()) {
            free = Math.min(free, margin.freeBytes());
        }
        return free;
    }

    /** Returns what is locked, null if it cannot be read. */
    private Locked locked() {
        try {
            return source.locked();
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns whether to measure again. */
    public boolean isMeasureDue(long nowNanos) {
        return nowNanos - lastMeasureNanos >= Math.max(SOONEST_MEASURE_NANOS, periodNanos());
    }

    /**
     * Begins or ends the watch.
     *
     * @param bearsWhatMustNotStay whether mappings are born locked that are not selected
     */
    public void watch(boolean bearsWhatMustNotStay) {
        if (bearsWhatMustNotStay && !isWatching) {
            lastLookNanos = source.nanoTime();
            // With strategy=future nobody has measured before, and the next look would be due much too late.
            if (freeBytes == Long.MAX_VALUE) {
                takeFree(true, lastLookNanos);
            }
            isWatching = true;
            begin();
            settled = begun; // what there is already the next pass sorts out in its own time
        }
        isWatching = bearsWhatMustNotStay;
    }

    /**
     * Returns how long the next look may wait.
     *
     * @return nanoseconds, 0 if it is due; {@link Long#MAX_VALUE} if there is nothing to watch
     */
    public long nanosToNextLook(long nowNanos) {
        return isWatching ? Math.max(0, lastLookNanos + periodNanos() - nowNanos) : Long.MAX_VALUE;
    }

    private long periodNanos() {
        long fillNanos = (long) ((double) assumedFreeBytes / READ_BYTES_PER_SECOND * TimeUnit.SECONDS.toNanos(1));
        return Math.max(SOONEST_LOOK_NANOS, Math.min(LATEST_LOOK_NANOS, fillNanos / 2));
    }

    /** Looks, if it is time to now, as {@link #isPassDue(long)}. */
    public boolean isPassDue() {
        return isPassDue(source.nanoTime());
    }

    /**
     * Looks, if it is time to.
     *
     * @return whether so much has come that is locked that a pass has to sort it out now
     */
    public boolean isPassDue(long nowNanos) {
        if (nanosToNextLook(nowNanos) > 0) {
            return false;
        }
        lastLookNanos = nowNanos;
        Locked now = locked();
        if (now == null || nowNanos - lastFreeNanos >= FREE_NANOS || hasGrownTo(now)) {
            takeFree(now != null, nowNanos);
        }
        return now == null || hasGrownTo(now);
    }

    private boolean hasGrownTo(Locked now) {
        long grown = settled == null
                ? Long.MAX_VALUE
                : Math.max(now.lockedBytes() - settled.lockedBytes(), now.otherBytes() - settled.otherBytes());
        return grown > assumedFreeBytes / HARMLESS_PART;
    }

    /** Remembers what is locked as the keeper looks at the mappings: it does not see what comes later. */
    public void begin() {
        begun = isWatching ? locked() : null;
    }

    /** Notes that all that was locked at {@link #begin} has been sorted out, and nothing was too much. */
    public void settle() {
        settled = begun;
        lastLookNanos = source.nanoTime();
    }

    /** Notes that something was too much: what was settled before tells nothing any more. */
    public void unsettle() {
        settled = null;
    }

    /** Returns whether an application may be given a moment in which to lock what it has just mapped. */
    public boolean isAmple() {
        return freeBytes >= AMPLE_BYTES;
    }
}
