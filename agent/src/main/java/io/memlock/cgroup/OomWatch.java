// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import io.memlock.cgroup.RoomSource.Anonymous;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells when the lock would bring the OOM killer although swap could save the process. A process that has outgrown its
 * memory cgroup or its host runs on slowly as long as the kernel can swap something out, so its memory must be unlocked
 * in time. Where the process has no swap left nothing is watched, because only pages of files could be reclaimed.
 *
 * <p>Not thread-safe.
 */
public final class OomWatch {

    /** What has to be left while something is locked, at most: memory for 16 ms of the fastest growth. */
    static final long LEAST_BYTES = 64L << 20;

    /** Where there is little, this part of the limit has to be left. */
    private static final long LEAST_PART = 8;

    /**
     * The part of what lives that one collection may copy, unless the collector tells of more. More is rare, and would take
     * the lock from JVMs that fit.
     */
    private static final long COPIED_PART = 4;

    /** The part of what is to spare by which a process may have grown before that is measured again. */
    private static final long HARMLESS_PART = 8;

    /** Faster than two threads touch new memory. */
    private static final long GROWTH_BYTES_PER_SECOND = 4L << 30;

    /** What a process that did not grow is not expected to exceed at once. */
    private static final long CALM_BYTES_PER_SECOND = 1L << 30;

    private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long CALM_GROWTH_BYTES = 1 << 20;

    static final long SOONEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    static final long LATEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Where swap would not help, somebody may add some: that matters to a process that grows, or whose neighbours do. */
    static final long CALM_MEASURE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** After so many failed looks in a row, a second apart, the lock has to go: nobody would see the OOM killer come. */
    static final int MOST_FAILED_LOOKS = 3;

    static final long FIRST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_WAIT_NANOS = TimeUnit.HOURS.toNanos(1);

    private final RoomSource source;
    private boolean isWatching;
    private long watchedSinceNanos;
    private long nextLookNanos;
    private long lastMeasureNanos;
    private long measuredResidentBytes;
    private long lastGrowthNanos;
    private long calmResidentBytes;
    private long spareBytes;
    private boolean isOutgrown;
    private OomMargin tightest;
    private String whyNoRoom;
    private int failedLooks;
    private IOException lastFailure;

    /** The wait after the last unlock; 0 before the first. */
    private long waitNanos;

    private Long notBeforeNanos;

    public OomWatch(RoomSource source) {
        this.source = source;
    }

    /**
     * Begins or ends the watch.
     *
     * @param isLocked whether something is locked
     * @param nowNanos as all times here, {@link System#nanoTime}
     */
    public void watch(boolean isLocked, long nowNanos) {
        if (isLocked && !isWatching) {
            watchedSinceNanos = nowNanos;
            nextLookNanos = nowNanos;
            lastMeasureNanos = nowNanos - CALM_MEASURE_NANOS;
            lastGrowthNanos = nowNanos;
            failedLooks = 0;
        }
        isWatching = isLocked;
        isOutgrown &= isLocked;
    }

    /**
     * Returns how long the next look may wait.
     *
     * @return nanoseconds, 0 if it is due; {@link Long#MAX_VALUE} if there is nothing to watch
     */
    public long nanosToNextLook(long nowNanos) {
        return isWatching ? Math.max(0, nextLookNanos - nowNanos) : Long.MAX_VALUE;
    }

    /** Looks, if it is time to, and returns whether what is locked has to be unlocked at once, by the last look. */
    public boolean isOutgrown(long nowNanos) {
        if (nanosToNextLook(nowNanos) == 0) {
            try {
                look(nowNanos);
                failedLooks = 0;
            } catch (IOException e) {
                nextLookNanos = nowNanos + LATEST_LOOK_NANOS; // the next pass fails for the same reason, and tells it
                failedLooks++;
                lastFailure = e;
                isOutgrown |= tightest != null && whyBlind() != null;
            }
        }
        return isOutgrown;
    }

    /** Returns why the last looks in a row could not see what is left; null if they could. */
    public IOException whyBlind() {
        return failedLooks >= MOST_FAILED_LOOKS ? lastFailure : null;
    }

    /**
     * Measures when the process itself has grown by a part of what is to spare, which is cheap to tell, and once a second. The
     * latter is much rarer where swap would not help, as on most hosts.
     */
    private void look(long nowNanos) throws IOException {
        long resident = source.residentBytes();
        calmResidentBytes = Math.min(calmResidentBytes, resident);
        if (resident - calmResidentBytes >= CALM_GROWTH_BYTES) {
            calmResidentBytes = resident;
            lastGrowthNanos = nowNanos;
        }
        boolean hasGrown = resident < 0 || resident - measuredResidentBytes > spareBytes / HARMLESS_PART;
        long latestNanos = tightest == null ? CALM_MEASURE_NANOS : LATEST_LOOK_NANOS;
        if (hasGrown || isOutgrown || nowNanos - lastMeasureNanos >= latestNanos) {
            measuredResidentBytes = resident;
            lastMeasureNanos = nowNanos;
            measure();
        }
        boolean isCalm = nowNanos - lastGrowthNanos >= CALM_NANOS;
        nextLookNanos = nowNanos + periodNanos(isCalm ? CALM_BYTES_PER_SECOND : GROWTH_BYTES_PER_SECOND);
    }

    private void measure() throws IOException {
        // First: where no file can be opened this fails, and all else looks unlimited.
        Anonymous own = source.anonymous();
        List<OomMargin> margins = source.margins(); // before: an error leaves what was known
        tightest = null;
        spareBytes = LEAST_BYTES;
        for (OomMargin margin : margins) {
            if (margin.ownSwapLeftBytes() > 0) { // an unlock could help there
                judge(margin, own);
            }
        }
        isOutgrown = spareBytes < 0;
    }

    /** Takes a margin if less is to spare there than in all before. */
    private void judge(OomMargin margin, Anonymous own) {
        long spare = spareBytes(margin, own);
        long gain = Math.min(own.residentBytes(), margin.ownSwapLeftBytes());
        long stillTooSmall = harmlessBytes(margin) - gain; // an unlock gains little until it has grown by that
        if (stillTooSmall > 0) {
            spare = Math.max(spare, stillTooSmall);
        }
        if (tightest == null || spare < spareBytes) {
            tightest = margin;
            spareBytes = spare;
        }
    }

    private long periodNanos(long bytesPerSecond) {
        if (tightest == null) {
            return LATEST_LOOK_NANOS;
        }
        long growNanos = (long) ((double) spareBytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
        return Math.max(SOONEST_LOOK_NANOS, Math.min(LATEST_LOOK_NANOS, growNanos));
    }

    /** Returns what was tightest at the last look; null if nothing is limited, swap cannot help, or nobody has looked. */
    public OomMargin tightest() {
        return tightest;
    }

    /**
     * Returns whether the process can be locked with all it has, in RAM and in swap, and enough is left then. Where swap
     * can take none of it and holds little of it, it is as well locked as not.
     *
     * @throws IOException if {@code /proc/self/status} cannot be read
     */
    public boolean isRoomForAll() throws IOException {
        return isRoomForAll(1);
    }

    /**
     * Returns whether a locked process can have in RAM what it has in swap, without being unlocked for it. Room that the
     * kernel makes by swapping out others counts.
     *
     * @throws IOException as {@link #isRoomForAll()}
     */
    public boolean isRoomForSwapped() throws IOException {
        Anonymous own = source.anonymous();
        for (OomMargin margin : source.margins()) {
            if (isSwapOfUse(margin, own) && own.swappedBytes() > Math.max(0, spareBytes(margin, own))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether what a locked process has in swap fits into what is free, with nobody swapped out for it.
     *
     * @throws IOException as {@link #isRoomForAll()}
     */
    public boolean isFreeRoomForSwapped() throws IOException {
        Anonymous own = source.anonymous();
        return own.swappedBytes() <= Math.max(0, roomBytes(own));
    }

    /**
     * Returns how much the process can take of what is free, before so little is left that it would be unlocked, or that a
     * limit is near. What others would have to be swapped out for is none of it.
     *
     * @return bytes, negative if too little is left already; {@link RoomSource#UNBOUNDED} if nothing is known to be limited
     * @throws IOException as {@link #isRoomForAll()}
     */
    public long roomBytes() throws IOException {
        return roomBytes(source.anonymous());
    }

    private long roomBytes(Anonymous own) {
        long room = RoomSource.UNBOUNDED;
        for (OomMargin margin : source.margins()) {
            room = Math.min(room, spareBytes(margin.withoutSwap(), own));
        }
        return room;
    }

    /** Returns what is left beyond what has to be. */
    private long spareBytes(OomMargin margin, Anonymous own) {
        long copied = copiedBytes(own);
        if (margin.canHeapTakeAll()) { // to ask for the first time takes 10 ms
            copied = Math.max(copied, source.nextCopiedBytes());
        }
        return margin.leftBytes() - leastBytes(margin, copied);
    }

    private boolean isRoomForAll(int times) throws IOException {
        Anonymous own = source.anonymous();
        for (OomMargin margin : source.margins()) {
            long left = margin.leftIfLockedBytes(own);
            long least = times * leastBytes(margin, copiedBytes(own));
            if (isSwapOfUse(margin, own) && left < least) {
                whyNoRoom = margin.describeIfLocked(left, least);
                return false;
            }
        }
        return true;
    }

    /** Returns why there was no room when that was last asked, for example {@code the memory cgroup allows 400.0 MiB: …}. */
    public String whyNoRoom() {
        return whyNoRoom;
    }

    private static boolean isSwapOfUse(OomMargin margin, Anonymous own) {
        return margin.ownSwapLeftBytes() > 0 || own.swappedBytes() >= harmlessBytes(margin);
    }

    /**
     * Notes that nothing is locked because there is too little room. An unlock soon after the last one makes the wait longer.
     * An attempt to lock, for which there was no room, does not.
     */
    public void hasLetGo(long nowNanos) {
        if (isWatching) {
            boolean isFirst = waitNanos == 0 || nowNanos - watchedSinceNanos >= LONGEST_WAIT_NANOS;
            waitNanos = isFirst ? FIRST_WAIT_NANOS : Math.min(LONGEST_WAIT_NANOS, 2 * waitNanos);
            notBeforeNanos = nowNanos + waitNanos;
        } else if (notBeforeNanos == null || notBeforeNanos - nowNanos < FIRST_WAIT_NANOS) {
            notBeforeNanos = nowNanos + FIRST_WAIT_NANOS;
        }
        watch(false, nowNanos);
    }

    /**
     * Returns whether all can be locked again: with twice as much left as has to be, and not before a minute has passed since
     * the unlock. That is twice as long each time, an hour at most, until all has been locked for an hour.
     *
     * @throws IOException as {@link #isRoomForAll()}
     */
    public boolean isRoomAgain(long nowNanos) throws IOException {
        return (notBeforeNanos == null || nowNanos - notBeforeNanos >= 0) && isRoomForAll(2);
    }

    /**
     * Returns what has to be left. Where the heap alone can take more than that, a collection may copy what lives at once, and
     * stops this thread meanwhile.
     */
    private static long leastBytes(OomMargin margin, long copiedBytes) {
        long least = harmlessBytes(margin);
        return margin.canHeapTakeAll() ? least + Math.min(margin.heapToComeBytes(), copiedBytes) : least;
    }

    private static long copiedBytes(Anonymous own) {
        return own.residentBytes() / COPIED_PART;
    }

    private static long harmlessBytes(OomMargin margin) {
        return Math.min(LEAST_BYTES, margin.limitBytes() / LEAST_PART);
    }
}
