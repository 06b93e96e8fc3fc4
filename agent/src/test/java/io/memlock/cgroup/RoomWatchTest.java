// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.RoomSource.Locked;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoomWatchTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    private long freeBytes = 4 * GIB;
    private long heapToComeBytes;
    private List<OomMargin> margins = List.of();
    private Locked locked = new Locked(100 * MIB, 60 * MIB);
    private boolean isHidden;
    private int measurements;

    private final RoomWatch watch = new RoomWatch(new RoomSource() {
        @Override
        public long freeBytes() {
            measurements++;
            return freeBytes;
        }

        @Override
        public long heapToComeBytes() {
            return heapToComeBytes;
        }

        @Override
        public Locked locked() throws IOException {
            if (isHidden) {
                throw new IOException("hidden");
            }
            return locked;
        }

        @Override
        public long residentBytes() {
            return 0;
        }

        @Override
        public long nextCopiedBytes() {
            return -1;
        }

        @Override
        public List<OomMargin> margins() {
            return margins;
        }

        @Override
        public Anonymous anonymous() {
            return new Anonymous(0, 0);
        }
    });

    @Test
    void subtractsWhatTheHeapMayStillTake() {
        heapToComeBytes = GIB;
        assertThat(watch.measure()).isEqualTo(3 * GIB);

        heapToComeBytes = 5 * GIB;
        assertThat(watch.measure()).isZero();
    }

    @Test
    void whatIsNotKnownStaysSo() {
        freeBytes = RoomSource.UNKNOWN;
        heapToComeBytes = GIB;

        assertThat(watch.measure()).isEqualTo(RoomSource.UNKNOWN);
        assertThat(watch.isAmple()).isFalse();
    }

    @Test
    void withNothingToWatchNoLookIsDue() {
        assertThat(watch.nanosToNextLook(afterLong())).isEqualTo(Long.MAX_VALUE);
        assertThat(watch.isPassDue(afterLong())).isFalse();
        watch.watch(true);
        watch.watch(false);
        assertThat(watch.isPassDue(afterLong())).isFalse();
    }

    /** At 4 GiB/s. */
    @Test
    void looksBeforeAFastReaderHasFilledHalfOfTheRoom() {
        freeBytes = GIB;
        assertNextLookAfterMillis(125);
        freeBytes = 4 * GIB;
        assertNextLookAfterMillis(500);
    }

    @Test
    void looksNeverSoonerNorLaterThan() {
        freeBytes = 0;
        assertNextLookAfterMillis(5);
        freeBytes = Long.MAX_VALUE;
        assertNextLookAfterMillis(30_000);
    }

    /** As in a chroot without /sys/fs/cgroup: to look all the time would cost some percent of a CPU. */
    @Test
    void roomThatIsNotKnownIsTakenForScarce() {
        freeBytes = RoomSource.UNKNOWN;
        assertNextLookAfterMillis(125);
        locked = new Locked(100 * MIB + RoomWatch.SCARCE_BYTES / 16, 60 * MIB);
        assertThat(watch.isPassDue(afterLong())).isFalse();

        locked = new Locked(101 * MIB + RoomWatch.SCARCE_BYTES / 16, 60 * MIB);
        assertThat(watch.isPassDue(2 * RoomWatch.LATEST_LOOK_NANOS + afterLong()))
                .isTrue();
    }

    @Test
    void whatTheHostHasLeftCountsWhereTheCgroupIsNotKnown() {
        freeBytes = RoomSource.UNKNOWN;
        margins = List.of(new OomMargin(0, 0, 0, 0, 4 * GIB, 0, "the host has"));

        assertNextLookAfterMillis(5);
    }

    private void assertNextLookAfterMillis(long millis) {
        watch.measure();
        watch.watch(true);
        watch.settle();
        long period = TimeUnit.MILLISECONDS.toNanos(millis);
        long before = System.nanoTime();
        watch.settle();

        assertThat(watch.nanosToNextLook(before)).isBetween(period, period + TimeUnit.SECONDS.toNanos(1));
        assertThat(watch.nanosToNextLook(System.nanoTime())).isLessThanOrEqualTo(period);
    }

    /** With strategy=future nobody measures before. */
    @Test
    void aWatchBeginsWithAMeasurement() {
        freeBytes = 40 * MIB;

        watch.watch(true);

        assertThat(watch.nanosToNextLook(System.nanoTime())).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    /** A first pass need not come sooner because of it. */
    @Test
    void whatThereIsWhenAWatchBeginsMakesNoPassDue() {
        watch.watch(true);
        assertThat(watch.isPassDue(afterLong())).isFalse();

        locked = new Locked(GIB, 60 * MIB);
        assertThat(watch.isPassDue(afterLong() + RoomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    @Test
    void aPassIsDueOnceASixteenthOfTheRoomHasCome() {
        settled();
        locked = new Locked(100 * MIB + freeBytes / 16, 60 * MIB + freeBytes / 16);
        assertThat(watch.isPassDue(afterLong())).isFalse();

        settled();
        locked = new Locked(locked.lockedBytes() + freeBytes / 16 + 1, locked.dataBytes());
        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    /** As much of the heap has been given back as a file has come that is mapped. */
    @Test
    void aPassIsDueThoughAllInAllNothingHasCome() {
        settled();
        long part = freeBytes / 16 + 1;

        locked = new Locked(100 * MIB, 60 * MIB - part);

        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    @Test
    void aPassIsDueIfThereIsLessRoomNow() {
        settled();
        locked = new Locked(101 * MIB, 61 * MIB);

        freeBytes = 15 * MIB;

        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    @Test
    void aPassIsDueWhereTheKernelDoesNotTell() {
        settled();
        isHidden = true;

        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    /** As where the application has used up its descriptors for a moment. */
    @Test
    void whatCannotBeReadForAMomentIsNotUnlimited() {
        freeBytes = 400 * MIB;
        watch.measure();
        freeBytes = Long.MAX_VALUE;
        isHidden = true;
        assertThat(watch.measure()).isEqualTo(400 * MIB);
        assertNextLookComesSoon();

        watch.isPassDue(afterLong());
        assertThat(watch.isAmple()).isFalse();

        freeBytes = 3 * GIB;
        isHidden = false;
        assertThat(watch.measure()).isEqualTo(3 * GIB);
    }

    private void assertNextLookComesSoon() {
        watch.watch(true);
        assertThat(watch.nanosToNextLook(System.nanoTime())).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void whatIsLockedNeedNotBeReadableForTheRoomToBecomeScarce() {
        isHidden = true;
        assertThat(watch.measure()).isEqualTo(4 * GIB);
        freeBytes = 400 * MIB;
        assertThat(watch.measure()).isEqualTo(400 * MIB);
    }

    @Test
    void forgetsWhatWasSettled() {
        settled();

        watch.unsettle();

        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    /** What comes after the keeper's look is not settled by it. */
    @Test
    void countsFromTheBeginningOfTheLook() {
        watch.watch(true);
        watch.begin();
        locked = new Locked(GIB, 60 * MIB);
        watch.settle();

        assertThat(watch.isPassDue(afterLong())).isTrue();
    }

    @Test
    void looksOncePerPeriod() {
        watch.watch(true);
        watch.unsettle();
        long now = afterLong();

        assertThat(watch.isPassDue(now)).isTrue();
        assertThat(watch.isPassDue(now)).isFalse();
    }

    /** Each measurement is several files; in a container of 900 MiB one at each look took 1 % of a CPU. */
    @Test
    void doesNotMeasureTheRoomAtEachLook() {
        freeBytes = 0;
        settled();
        measurements = 0;
        long begin = System.nanoTime();

        for (int look = 1; look <= 100; look++) {
            watch.isPassDue(begin + look * TimeUnit.MILLISECONDS.toNanos(10));
        }

        assertThat(measurements).isBetween(1, 4);
    }

    @Test
    void measuresTheRoomOnceWhatIsLockedHasGrown() {
        settled();
        freeBytes = 8 * GIB;
        locked = new Locked(100 * MIB + 4 * GIB / 16 + 1, 60 * MIB);

        boolean isDue = watch.isPassDue(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600));

        assertThat(isDue).as("by the room of now").isFalse();
    }

    @Test
    void theRoomItselfIsMeasuredAgainAtTheEarliestAfterASecond() {
        assertThat(watch.isMeasureDue(System.nanoTime())).as("never measured").isTrue();
        freeBytes = MIB;
        watch.measure();
        assertThat(watch.isMeasureDue(System.nanoTime())).isFalse();
        assertThat(watch.isMeasureDue(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1001)))
                .isTrue();
    }

    @Test
    void isAmpleFromTwoGibibytes() {
        freeBytes = 2 * GIB - 1;
        watch.measure();
        assertThat(watch.isAmple()).isFalse();
        freeBytes = 2 * GIB;
        watch.measure();
        assertThat(watch.isAmple()).isTrue();
    }

    private void settled() {
        watch.watch(true);
        watch.begin();
        watch.settle();
    }

    /** When a look is due in any case. */
    private static long afterLong() {
        return System.nanoTime() + RoomWatch.LATEST_LOOK_NANOS + 1;
    }
}
