// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.cgroup.RoomSource.Anonymous;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OomWatchTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final long NOW = 1_000_000_000_000L;

    private List<OomMargin> margins = List.of();
    private Anonymous anonymous = new Anonymous(300 * MIB, 0);
    private long heapToComeBytes;
    private long residentBytes;
    private long nextCopiedBytes = -1;
    private int questionsToCollector;
    private int measurements;

    private final OomWatch watch = new OomWatch(new RoomSource() {
        @Override
        public long freeBytes() {
            throw new AssertionError("not asked");
        }

        @Override
        public long heapToComeBytes() {
            throw new AssertionError("not asked");
        }

        @Override
        public Locked locked() {
            throw new AssertionError("not asked");
        }

        @Override
        public long residentBytes() {
            return residentBytes;
        }

        @Override
        public long nextCopiedBytes() {
            questionsToCollector++;
            return nextCopiedBytes;
        }

        @Override
        public List<OomMargin> margins() {
            measurements++;
            return margins;
        }

        @Override
        public Anonymous anonymous() throws IOException {
            if (anonymous == null) {
                throw new IOException("hidden");
            }
            return anonymous;
        }
    });

    private OomMargin cgroup(long freeBytes, long swappableBytes, long swapLeftBytes, long limitBytes) {
        return new OomMargin(
                freeBytes,
                swappableBytes,
                swapLeftBytes,
                swapLeftBytes,
                limitBytes,
                heapToComeBytes,
                "the memory cgroup allows");
    }

    private OomMargin host(long freeBytes, long swappableBytes, long swapLeftBytes, long ownSwapLeftBytes) {
        return new OomMargin(
                freeBytes, swappableBytes, swapLeftBytes, ownSwapLeftBytes, 64 * GIB, heapToComeBytes, "the host has");
    }

    private boolean isOutgrown() {
        watch.watch(true, NOW);
        return watch.isOutgrown(NOW);
    }

    @Test
    void lessThan64MebibytesAreTooLittle() {
        margins = List.of(cgroup(64 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();

        margins = List.of(cgroup(63 * MIB, 0, GIB, GIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
        assertThat(watch.tightest().describe())
                .isEqualTo("the memory cgroup allows 1.0 GiB: 63.0 MiB are free or can be reclaimed, and swap has"
                        + " room for 1.0 GiB");
    }

    @Test
    void whatCanBeSwappedOutIsLeft() {
        margins = List.of(cgroup(MIB, 63 * MIB, GIB, GIB));
        assertThat(isOutgrown()).isFalse();
    }

    @Test
    void onlyWhatFitsIntoSwapCanBeSwappedOut() {
        margins = List.of(cgroup(0, GIB, 63 * MIB, 400 * MIB));
        anonymous = new Anonymous(60 * MIB, 0);
        assertThat(isOutgrown()).isFalse();
        anonymous = new Anonymous(300 * MIB, 0);
        margins = List.of(cgroup(0, GIB, 49 * MIB, 400 * MIB));

        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isFalse();
    }

    /** The kernel would kill all the same. */
    @Test
    void withoutSwapALockMakesNoDifference() {
        margins = List.of(cgroup(0, 0, 0, GIB));
        assertThat(isOutgrown()).isFalse();
        assertThat(watch.nanosToNextLook(NOW)).isEqualTo(OomWatch.LATEST_LOOK_NANOS);
    }

    /** Until then only the size of the process is looked at, which costs little. */
    @Test
    void swapThatIsAddedCountsAsSoonAsTheProcessHasGrown() {
        residentBytes = 300 * MIB;
        margins = List.of(cgroup(GIB, 0, 0, 2 * GIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(10 * MIB, 0, GIB, 2 * GIB));
        residentBytes = 308 * MIB;
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isFalse();
        assertThat(measurements).isEqualTo(1);

        residentBytes = 309 * MIB;

        assertThat(watch.isOutgrown(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    @Test
    void swapThatIsAddedCountsAfterAWhileInAnyCase() {
        margins = List.of(cgroup(GIB, 0, 0, 2 * GIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(10 * MIB, 0, GIB, 2 * GIB));

        assertThat(watch.isOutgrown(NOW + OomWatch.CALM_MEASURE_NANOS - 1)).isFalse();
        assertThat(watch.isOutgrown(NOW + OomWatch.CALM_MEASURE_NANOS + OomWatch.LATEST_LOOK_NANOS))
                .isTrue();
    }

    /** As of a Kubernetes pod with memory.swap.max=0 on a node that has swap. */
    @Test
    void swapThatOnlyOthersMayUseMakesNoDifference() throws IOException {
        margins = List.of(host(MIB, 0, GIB, 0));

        assertThat(isOutgrown()).isFalse();
        assertThat(watch.nanosToNextLook(NOW)).isEqualTo(OomWatch.LATEST_LOOK_NANOS);
        assertThat(watch.isRoomForAll()).isTrue();
    }

    /** In version 1 a host that is short of memory swaps out a container that does not swap by itself. */
    @Test
    void theHostIsWatchedThoughTheContainerIsTighterAndCannotSwap() {
        margins = List.of(cgroup(10 * MIB, 0, 0, GIB), host(63 * MIB, 0, GIB, GIB));

        assertThat(isOutgrown()).isTrue();
        assertThat(watch.tightest()).isEqualTo(margins.get(1));
    }

    @Test
    void whatOthersCanSwapOutIsLeftThoughTheProcessHasLittleSwap() {
        heapToComeBytes = 10 * GIB;
        nextCopiedBytes = 250 * MIB;
        margins = List.of(host(MIB, GIB, GIB, 100 * MIB));
        assertThat(isOutgrown()).isFalse();

        margins = List.of(host(MIB, 300 * MIB, GIB, 100 * MIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
        assertThat(watch.tightest().describe()).endsWith("swap has room for 100.0 MiB");
    }

    /** What others have filled, the process's own locks cannot help. */
    @Test
    void whereUnlockingWouldGainLittleNothingIsUnlocked() {
        margins = List.of(cgroup(MIB, 0, GIB, GIB));
        anonymous = new Anonymous(64 * MIB - 1, 0);
        assertThat(isOutgrown()).isFalse();
    }

    @Test
    void ofASmallLimitAnEighthHasToBeLeft() {
        margins = List.of(cgroup(13 * MIB, 0, GIB, 100 * MIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(12 * MIB, 0, GIB, 100 * MIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    @Test
    void whereGrowthCannotBeToldItMeasuresAtEachLook() {
        residentBytes = -1;
        margins = List.of(cgroup(100 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();

        margins = List.of(cgroup(63 * MIB, 0, GIB, GIB));
        assertThat(watch.isOutgrown(NOW + TimeUnit.MILLISECONDS.toNanos(100))).isTrue();
    }

    @Test
    void whereTheHeapCanTakeAllTheNextCollectionHasToFit() {
        heapToComeBytes = 500 * MIB;
        anonymous = new Anonymous(100 * MIB, 0);
        nextCopiedBytes = 150 * MIB;
        margins = List.of(cgroup(200 * MIB, 0, GIB, 400 * MIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(200 * MIB - 1, 0, GIB, 400 * MIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    /** The first question takes 10 ms, which most JVMs need not spend. */
    @Test
    void theCollectorIsAskedOnlyWhereTheHeapCanTakeAll() {
        heapToComeBytes = 100 * MIB;
        margins = List.of(cgroup(100 * MIB, 0, GIB, 400 * MIB));
        assertThat(isOutgrown()).isFalse();
        assertThat(questionsToCollector).isZero();

        heapToComeBytes = 101 * MIB;
        margins = List.of(cgroup(100 * MIB, 0, GIB, 400 * MIB));
        watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS);
        assertThat(questionsToCollector).isEqualTo(1);
    }

    /** What is populated ahead may never be used. */
    @Test
    void thereIsNoRoomWhereOthersWouldBeSwappedOut() throws IOException {
        margins = List.of(cgroup(40 * MIB, 290 * MIB, GIB, 400 * MIB));
        assertThat(watch.roomBytes()).isNegative();

        margins = List.of(cgroup(80 * MIB, 290 * MIB, GIB, 400 * MIB));
        assertThat(watch.roomBytes()).isBetween(1L, 30 * MIB);
    }

    /** What is populated ahead must not bring an unlock about. */
    @Test
    void theRoomThatIsLeftEndsWhereTheProcessWouldBeUnlocked() throws IOException {
        nextCopiedBytes = 150 * MIB;
        heapToComeBytes = 500 * MIB;
        margins = List.of(cgroup(230 * MIB, 0, GIB, 400 * MIB), cgroup(GIB, 0, GIB, 2 * GIB));
        long room = watch.roomBytes();
        assertThat(room).isBetween(1L, 230 * MIB - 150 * MIB);

        margins = List.of(cgroup(230 * MIB - room, 0, GIB, 400 * MIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(230 * MIB - room - 1, 0, GIB, 400 * MIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    /** Whatever the collector tells, a quarter of what lives may be copied at once. */
    @Test
    void whereTheHeapCanTakeAllACollectionHasToFit() {
        heapToComeBytes = 500 * MIB;
        anonymous = new Anonymous(100 * MIB, 0);
        margins = List.of(cgroup(75 * MIB, 0, GIB, 400 * MIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(75 * MIB - 1, 0, GIB, 400 * MIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isTrue();
        assertThat(watch.tightest().describe())
                .contains(", less than the 500.0 MiB that the heap may still take, and swap");

        heapToComeBytes = 70 * MIB;
        margins = List.of(cgroup(75 * MIB - 1, 0, GIB, 400 * MIB));
        assertThat(watch.isOutgrown(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isFalse();
    }

    @Test
    void theTightestCounts() {
        margins = List.of(cgroup(GIB, 0, GIB, 2 * GIB), cgroup(MIB, 0, GIB, 3 * GIB), cgroup(8 * GIB, 0, GIB, 9 * GIB));
        assertThat(isOutgrown()).isTrue();
        assertThat(watch.tightest().limitBytes()).isEqualTo(3 * GIB);
    }

    /** As with version 1, whose limit of memory and swap together is almost used up. */
    @Test
    void aMarginThatAnUnlockDoesNotHelpHidesNoneThatItHelps() {
        margins = List.of(cgroup(45 * MIB, 0, 5 * MIB, GIB), host(50 * MIB, 0, 8 * GIB, 8 * GIB));
        assertThat(isOutgrown()).isTrue();
        assertThat(watch.tightest()).isEqualTo(margins.get(1));
    }

    @Test
    void theMarginCountsThatIsExceededThoughMoreIsLeftThere() {
        margins = List.of(cgroup(40 * MIB, 0, GIB, 256 * MIB), host(55 * MIB, 0, 8 * GIB, 8 * GIB));
        assertThat(isOutgrown()).isTrue();
        assertThat(watch.tightest()).isEqualTo(margins.get(1));
    }

    @Test
    void looksAgainBeforeTheFastestGrowthCouldHaveTakenWhatIsLeft() {
        margins = List.of(cgroup(64 * MIB + GIB, 0, GIB, 4 * GIB));
        assertThat(isOutgrown()).isFalse();
        assertThat(watch.nanosToNextLook(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));

        margins = List.of(cgroup(64 * MIB, 0, GIB, 4 * GIB));
        residentBytes += 2 * MIB;
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isFalse();
        assertThat(watch.nanosToNextLook(NOW + OomWatch.LATEST_LOOK_NANOS)).isEqualTo(OomWatch.SOONEST_LOOK_NANOS);

        margins = List.of(cgroup(64 * GIB, 0, GIB, 64 * GIB));
        assertThat(watch.isOutgrown(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isFalse();
        assertThat(watch.nanosToNextLook(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isEqualTo(OomWatch.LATEST_LOOK_NANOS);
    }

    @Test
    void isMeasuredAtEachLookWhileItIsOutgrown() {
        residentBytes = 300 * MIB;
        margins = List.of(cgroup(0, 0, GIB, GIB));
        assertThat(isOutgrown()).isTrue();

        residentBytes = 100 * MIB;
        margins = List.of(cgroup(200 * MIB, 0, GIB, GIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.SOONEST_LOOK_NANOS)).isFalse();
    }

    @Test
    void whatIsOutgrownStaysSoUntilTheNextLookOrUntilNothingIsLocked() {
        margins = List.of(cgroup(0, 0, GIB, GIB));
        assertThat(isOutgrown()).isTrue();
        assertThat(watch.isOutgrown(NOW + 1)).isTrue();

        watch.hasLetGo(NOW + 1);
        assertThat(watch.isOutgrown(NOW + 2)).isFalse();
        assertThat(watch.nanosToNextLook(NOW + 2)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatCannotBeReadUnlocksNothing() {
        margins = List.of(cgroup(0, 0, GIB, GIB));
        anonymous = null;
        assertThat(isOutgrown()).isFalse();
        assertThat(watch.nanosToNextLook(NOW)).isEqualTo(OomWatch.LATEST_LOOK_NANOS);
    }

    /** As where the application has used up its descriptors for a moment: then nothing tells of a limit. */
    @Test
    void whatCannotBeReadForAMomentIsLookedAtAgainSoon() {
        margins = List.of(cgroup(GIB, 0, GIB, 2 * GIB));
        assertThat(isOutgrown()).isFalse();
        Anonymous readable = anonymous;
        margins = List.of();
        anonymous = null;
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS)).isFalse();

        margins = List.of(cgroup(10 * MIB, 0, GIB, 2 * GIB));
        anonymous = readable;

        assertThat(watch.isOutgrown(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    /** As where the application leaks descriptors, or /proc is gone: what grows unseen may be killed. */
    @Test
    void isOutgrownOnceSeveralLooksInARowHaveFailed() {
        margins = List.of(cgroup(GIB, 0, GIB, 2 * GIB));
        assertThat(isOutgrown()).isFalse();
        Anonymous readable = anonymous;
        anonymous = null;
        long now = NOW;
        for (int failed = 1; failed < OomWatch.MOST_FAILED_LOOKS; failed++) {
            now += OomWatch.LATEST_LOOK_NANOS;
            assertThat(watch.isOutgrown(now)).isFalse();
            assertThat(watch.whyBlind()).isNull();
        }

        now += OomWatch.LATEST_LOOK_NANOS;
        assertThat(watch.isOutgrown(now)).isTrue();
        assertThat(watch.whyBlind()).hasMessage("hidden");

        anonymous = readable;
        assertThat(watch.isOutgrown(now + OomWatch.LATEST_LOOK_NANOS)).isFalse();
        assertThat(watch.whyBlind()).isNull();
    }

    @Test
    void withoutSwapNothingIsUnlockedHoweverManyLooksFail() {
        margins = List.of(cgroup(GIB, 0, 0, 2 * GIB));
        assertThat(isOutgrown()).isFalse();
        anonymous = null;

        for (int failed = 1; failed <= OomWatch.MOST_FAILED_LOOKS; failed++) {
            assertThat(watch.isOutgrown(NOW + failed * OomWatch.CALM_MEASURE_NANOS))
                    .isFalse();
        }
    }

    /** Locked, it leaves only what is free and what others can swap out, less what comes back from swap. */
    @Test
    void aProcessFitsWithAllItHasInRamAndInSwap() throws Exception {
        anonymous = new Anonymous(300 * MIB, 36 * MIB);
        margins = List.of(cgroup(100 * MIB, 300 * MIB, GIB, 2 * GIB));
        assertThat(watch.isRoomForAll()).isTrue();

        anonymous = new Anonymous(300 * MIB, 37 * MIB);
        assertThat(watch.isRoomForAll()).isFalse();
        assertThat(watch.whyNoRoom())
                .isEqualTo("the memory cgroup allows 2.0 GiB: with all of this JVM locked and in RAM, 63.0 MiB would be"
                        + " left, and 64.0 MiB have to be");
        anonymous = new Anonymous(300 * MIB, 137 * MIB);
        assertThat(watch.isRoomForAll()).isFalse();
        assertThat(watch.whyNoRoom()).contains(", nothing would be left, and 64.0 MiB have to be");
        anonymous = new Anonymous(300 * MIB, 37 * MIB);

        margins = List.of(cgroup(100 * MIB, 301 * MIB, GIB, 2 * GIB));
        assertThat(watch.isRoomForAll()).as("a neighbour makes room").isTrue();

        margins = List.of(cgroup(0, 300 * MIB, 0, 2 * GIB));
        assertThat(watch.isRoomForAll()).as("without swap").isTrue();

        anonymous = new Anonymous(300 * MIB, 64 * MIB);
        assertThat(watch.isRoomForAll()).as("it has filled the swap").isFalse();
    }

    @Test
    void thereIsRoomAgainAfterAWaitAndWithTwiceAsMuchLeft() throws Exception {
        margins = List.of(cgroup(127 * MIB, 0, GIB, GIB));
        unlock(NOW);
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS)).isFalse();
        margins = List.of(cgroup(128 * MIB, 0, GIB, GIB));
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS - 1)).isFalse();
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS)).isTrue();

        unlock(NOW);
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS))
                .as("the second time")
                .isFalse();
        assertThat(watch.isRoomAgain(NOW + 2 * OomWatch.FIRST_WAIT_NANOS)).isTrue();
    }

    @Test
    void theWaitForRoomIsNeverLongerThanAnHour() throws Exception {
        margins = List.of(cgroup(GIB, 0, GIB, GIB));
        for (int time = 0; time < 10; time++) {
            unlock(NOW);
        }

        assertThat(watch.isRoomAgain(NOW + TimeUnit.HOURS.toNanos(1) - 1)).isFalse();
        assertThat(watch.isRoomAgain(NOW + TimeUnit.HOURS.toNanos(1))).isTrue();
    }

    /** Such as one a night: those of months before say nothing of this one. */
    @Test
    void anUnlockLongAfterTheLastIsTheFirst() throws Exception {
        margins = List.of(cgroup(GIB, 0, GIB, GIB));
        for (int time = 0; time < 10; time++) {
            unlock(NOW);
        }
        long locked = NOW + TimeUnit.HOURS.toNanos(1);
        watch.watch(true, locked);
        long night = locked + TimeUnit.HOURS.toNanos(1);
        unlock(night);

        assertThat(watch.isRoomAgain(night + OomWatch.FIRST_WAIT_NANOS - 1)).isFalse();
        assertThat(watch.isRoomAgain(night + OomWatch.FIRST_WAIT_NANOS)).isTrue();
    }

    /** Each attempt is to wait a minute, however many there were; none shortens the wait after an unlock. */
    @Test
    void anAttemptThatIsRefusedIsNoUnlock() throws Exception {
        margins = List.of(cgroup(GIB, 0, GIB, GIB));
        for (int time = 0; time < 10; time++) {
            watch.hasLetGo(NOW);
        }
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS - 1)).isFalse();
        assertThat(watch.isRoomAgain(NOW + OomWatch.FIRST_WAIT_NANOS)).isTrue();

        unlock(NOW);
        unlock(NOW);
        watch.hasLetGo(NOW + 1);
        assertThat(watch.isRoomAgain(NOW + 2 * OomWatch.FIRST_WAIT_NANOS - 1)).isFalse();
        assertThat(watch.isRoomAgain(NOW + 2 * OomWatch.FIRST_WAIT_NANOS)).isTrue();
    }

    private void unlock(long nowNanos) {
        watch.watch(true, nowNanos);
        watch.hasLetGo(nowNanos);
    }

    /** To tell that the process has grown takes one small file, to measure takes several. */
    @Test
    void betweenTwoMeasurementsASecondApartOnlyGrowthCounts() {
        margins = List.of(cgroup(64 * MIB + 80 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();
        long period = watch.nanosToNextLook(NOW);
        assertThat(period).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));

        residentBytes = 10 * MIB;
        assertThat(watch.isOutgrown(NOW + period)).isFalse();
        assertThat(measurements).isEqualTo(1);
        assertThat(watch.nanosToNextLook(NOW + period)).isEqualTo(period);

        residentBytes = 11 * MIB;
        margins = List.of(cgroup(0, 0, GIB, GIB));
        assertThat(watch.isOutgrown(NOW + 2 * period)).isTrue();
        assertThat(measurements).isEqualTo(2);
    }

    @Test
    void measuresOnceASecondForWhatOthersDo() {
        margins = List.of(cgroup(64 * MIB + 80 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();
        margins = List.of(cgroup(0, 0, GIB, GIB));

        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS - 1)).isFalse();
        assertThat(watch.isOutgrown(NOW + 2 * OomWatch.LATEST_LOOK_NANOS)).isTrue();
    }

    @Test
    void aProcessThatDoesNotGrowIsLookedAtMoreRarely() {
        residentBytes = 300 * MIB;
        margins = List.of(cgroup(64 * MIB + 80 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();
        long growing = watch.nanosToNextLook(NOW);

        long later = NOW + TimeUnit.SECONDS.toNanos(2);
        assertThat(watch.isOutgrown(later)).isFalse();
        assertThat(watch.nanosToNextLook(later)).isEqualTo(4 * growing);

        residentBytes = 301 * MIB;
        assertThat(watch.isOutgrown(later + 4 * growing)).isFalse();
        assertThat(watch.nanosToNextLook(later + 4 * growing)).isEqualTo(growing);
    }

    /** It may fill its heap in a moment. */
    @Test
    void aSmallProcessIsLookedAtAsOftenAsALargeOne() {
        anonymous = new Anonymous(30 * MIB, 0);
        margins = List.of(cgroup(64 * MIB + 80 * MIB, 0, GIB, GIB));
        assertThat(isOutgrown()).isFalse();
        assertThat(watch.nanosToNextLook(NOW)).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));

        margins = List.of(cgroup(0, 0, GIB, GIB));
        assertThat(watch.isOutgrown(NOW + OomWatch.LATEST_LOOK_NANOS))
                .as("it gains nothing")
                .isFalse();
        assertThat(watch.nanosToNextLook(NOW + OomWatch.LATEST_LOOK_NANOS))
                .isPositive()
                .isLessThan(TimeUnit.MILLISECONDS.toNanos(20));
    }
}
