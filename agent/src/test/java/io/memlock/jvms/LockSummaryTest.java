// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.memory.Region;
import io.memlock.state.LockState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The verdict on a JVM. */
class LockSummaryTest {

    @Test
    void aVerdictSaysHowMuchIsLockedAndWhatIsSwappedOut() {
        assertThat(verdict(1000, 1000, 1, 0)).isEqualTo("locked");
        assertThat(verdict(1000, 830, 1, 0)).isEqualTo("partly locked 83 %");
        assertThat(verdict(1000, 990, 1, 0)).isEqualTo("partly locked 99 %");
        assertThat(verdict(1000, 0, 0, 120 << 20)).isEqualTo("not locked, swapped out 120.0 MiB");
        assertThat(verdict(1000, -1, 1, 0)).startsWith("locks something");
    }

    @Test
    void aVerdictFollowsTheStateThatIsPublishedAndNotTheOlderBytes() {
        assertThat(verdict(LockState.LOCKED, 970)).isEqualTo("locked: heap");
        assertThat(verdict(LockState.PARTIAL, 500)).isEqualTo("partly locked 50 %");
        assertThat(verdict(LockState.PARTIAL, 1000)).as("an older share").isEqualTo("partly locked");
        assertThat(verdict(LockState.FAILED, 0)).isEqualTo("not locked");
        assertThat(verdict(LockState.UNKNOWN, 1000)).isEqualTo("not verified by its agent for 20 s");
        assertThat(verdict(LockState.LOCKED, 4000))
                .as("more than the kernel says")
                .isEqualTo("partly locked 50 %");
    }

    /** The agent was refused what it was asked for, so nothing is selected, and the application locks something. */
    @Test
    void anAgentThatHasFailedLocksNothingWhateverTheApplicationLocks() {
        PublishedLock failed = new PublishedLock(LockState.FAILED, List.of(), "", PublishedScan.NONE, 0, 1);

        assertThat(LockSummary.on(new JvmMemory(2000, 100, 100, 0, 0, 0, 0), failed)
                        .lock())
                .isEqualTo(LockSummary.Lock.NOT_LOCKED);
    }

    /** The heap is 8 GiB in huge pages, which are not charged; metaspace would be. */
    @Test
    void hugePagesOfHugetlbfsAreLockedThoughNothingIsCharged() {
        long heap = 8L << 30;
        PublishedScan scan = new PublishedScan(heap, heap, -1, -1, -1, 0);
        PublishedLock published = new PublishedLock(LockState.LOCKED, List.of(Region.HEAP), "", scan, 0, 1);
        JvmMemory memory = new JvmMemory(heap + (1 << 30), heap, 0, 0, 1 << 29, heap, 0);

        assertThat(LockSummary.on(memory, published).text()).isEqualTo("locked: heap");
        assertThat(LockSummary.on(memory, PublishedLock.NOTHING).text()).isEqualTo("partly locked 89 %");
    }

    /** As with more than 512 MiB in a JVM that is not dumpable. */
    @Test
    void whereThereWasNoScanTheVerifiedStateCounts() {
        List<Region> heap = List.of(Region.HEAP);
        JvmMemory large = new JvmMemory(2000, -1, 1000, 0, 1000, 0, -1);

        assertThat(unscanned(large, LockState.LOCKED, heap, 1)).isEqualTo("locked: heap");
        assertThat(unscanned(large, LockState.PARTIAL, heap, 1)).isEqualTo("partly locked");
        assertThat(unscanned(large, LockState.UNKNOWN, heap, 20)).isEqualTo("not verified by its agent for 20 s");
        assertThat(unscanned(large, LockState.LOCKED, heap, -1)).startsWith("locks something");
        assertThat(unscanned(large, LockState.LOCKED, List.of(), 1)).startsWith("locks something");
        assertThat(unscanned(new JvmMemory(2000, 0, 0, 0, 1000, 0, 0), LockState.LOCKED, heap, 1))
                .as("nothing is charged")
                .isEqualTo("not locked");
        assertThat(unscanned(
                        new JvmMemory(2000, -1, 10, 0, 1000, 0, -1), LockState.LOCKED, List.of(Region.values()), 1))
                .as("less is charged than is said to be locked")
                .startsWith("locks something");
    }

    private static String unscanned(JvmMemory memory, LockState state, List<Region> regions, long verifiedAgeSeconds) {
        PublishedLock published = new PublishedLock(state, regions, "", PublishedScan.NONE, 0, verifiedAgeSeconds);
        return LockSummary.on(memory, published).text();
    }

    private static String verdict(long resident, long locked, long charged, long swapped) {
        return LockSummary.on(new JvmMemory(resident, locked, charged, swapped, 0, 0, 0), PublishedLock.NOTHING)
                .text();
    }

    /** The heap is half of the JVM, and the kernel says that half of the JVM is locked. */
    private static String verdict(LockState state, long lockedOfHeap) {
        PublishedScan scan = new PublishedScan(lockedOfHeap, 1000, -1, -1, -1, 0);
        return LockSummary.on(
                        new JvmMemory(2000, 1000, 1000, 0, 0, 0, 0),
                        new PublishedLock(state, List.of(Region.HEAP), "", scan, 0, 20))
                .text();
    }
}
