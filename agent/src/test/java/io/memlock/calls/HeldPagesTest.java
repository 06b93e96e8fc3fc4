// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.calls.HeldPages.Manner;
import io.memlock.calls.HeldPages.Range;
import io.memlock.calls.HeldPages.Want;
import io.memlock.fake.FakeKernel;
import io.memlock.memory.Region;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldPagesTest {

    private static final long PAGE = FakeKernel.PAGE;
    private static final long START = 0x10000000L;
    private static final Manner ON_FAULT = new Manner(false, false);
    private static final Manner POPULATED = new Manner(true, false);

    private final FakeKernel kernel = new FakeKernel();
    private final HeldPages held = new HeldPages(kernel, new LockProbe(kernel, PAGE), PAGE, kernel::maps);

    HeldPagesTest() {
        kernel.commit(Region.NATIVE, START, 100 * PAGE);
    }

    @Test
    void aPageThatNeighboursShareStaysLockedUntilTheLastIsClosed() {
        lock(0, 3, ON_FAULT);
        lock(2, 5, ON_FAULT);

        held.release(pages(0, 3), ON_FAULT);

        assertThat(lockedPages()).isEqualTo("2-5");
        held.release(pages(2, 5), ON_FAULT);
        assertThat(lockedPages()).isEmpty();
        assertThat(ranges(page -> held.holdsAll(START + page * PAGE, START + (page + 1) * PAGE)))
                .isEmpty();
    }

    @Test
    void locksOfTheSameRangeAreCounted() {
        lock(1, 4, ON_FAULT);
        lock(1, 4, ON_FAULT);
        held.release(pages(1, 4), ON_FAULT);

        assertThat(lockedPages()).isEqualTo("1-4");
    }

    @Test
    void whoeverUnlocksLeavesOutWhatIsHeld() {
        kernel.mlock2(START, 100 * PAGE, 1);
        held.hold(pages(10, 12), ON_FAULT);
        held.hold(pages(20, 21), ON_FAULT);

        assertThat(held.unlockOthers(START, 100 * PAGE)).isZero();

        assertThat(lockedPages()).isEqualTo("10-12 20-21");
        assertThat(held.holdsAll(START + 10 * PAGE, START + 12 * PAGE)).isTrue();
        assertThat(held.holdsAll(START + 10 * PAGE, START + 13 * PAGE)).isFalse();
    }

    @Test
    void whatTheAgentWantsStaysLockedAndIsItsOwn() {
        held.askWhetherWanted((start, end) -> Want.YES);
        lock(3, 6, POPULATED);

        held.release(pages(3, 6), POPULATED);

        assertThat(lockedPages()).isEqualTo("3-6");
        assertThat(kernel.isLockedOnFault(START + 3 * PAGE)).isTrue();
        Map.Entry<Long, Long> inherited = Map.entry(START + 3 * PAGE, START + 6 * PAGE);
        assertThat(held.firstInherited()).isEqualTo(inherited);
        assertThat(held.firstInherited()).as("not yet its own").isEqualTo(inherited);
        held.forgetInherited(inherited);
        assertThat(held.firstInherited()).isNull();
    }

    @Test
    void whatIsInheritedInGreaterLengthMeanwhileIsNotForgotten() {
        held.askWhetherWanted((start, end) -> Want.YES);
        lock(3, 6, ON_FAULT);
        held.release(pages(3, 6), ON_FAULT);
        Map.Entry<Long, Long> inherited = held.firstInherited();
        lock(3, 8, ON_FAULT);
        held.release(pages(3, 8), ON_FAULT);

        held.forgetInherited(inherited);

        assertThat(held.firstInherited()).isEqualTo(Map.entry(START + 3 * PAGE, START + 8 * PAGE));
    }

    @Test
    void underALimitOnlyWhatTheAgentHadLockedStaysLocked() {
        held.askWhetherWanted((start, end) -> Want.IF_THEY_FIT);
        kernel.mlock2(START, 4 * PAGE, 1);
        lock(2, 4, ON_FAULT);
        lock(8, 9, ON_FAULT);

        held.release(pages(2, 4), ON_FAULT);
        held.release(pages(8, 9), ON_FAULT);

        assertThat(lockedPages()).isEqualTo("0-4");
    }

    /** Otherwise it would count as the application's own, and stay locked when nobody wants it any more. */
    @Test
    void nothingIsHeldWhereNobodyCanTellWhoHasLockedIt() {
        held.askWhetherWanted((start, end) -> {
            throw new OutOfMemoryError("thrown by the test");
        });
        kernel.mlock2(START, 4 * PAGE, 1);

        assertThatThrownBy(() -> held.hold(pages(0, 4), ON_FAULT)).isInstanceOf(OutOfMemoryError.class);

        assertThat(held.isNothing()).isTrue();
        held.askWhetherWanted((start, end) -> Want.BORN_LOCKED);
        lock(0, 4, ON_FAULT);
        held.release(pages(0, 4), ON_FAULT);
        assertThat(lockedPages()).isEmpty();
    }

    @Test
    void whatTheApplicationHadLockedItselfStaysLocked() {
        kernel.mlock(START + PAGE, PAGE);
        lock(0, 4, ON_FAULT);

        held.release(pages(0, 4), ON_FAULT);

        assertThat(lockedPages()).isEqualTo("1-2");
    }

    @Test
    void whatWasBornLockedByTheAgentIsUnlocked() {
        held.askWhetherWanted((start, end) -> Want.BORN_LOCKED);
        kernel.mlock2(START, 100 * PAGE, 1);
        lock(0, 4, ON_FAULT);

        held.release(pages(0, 4), ON_FAULT);

        assertThat(kernel.isLocked(START)).isFalse();
    }

    @Test
    void memoryThatWasUnmappedMeanwhileIsPassedOver() {
        lock(0, 64, ON_FAULT);
        kernel.unmap(START + 7 * PAGE, PAGE);
        kernel.unmap(START + 40 * PAGE, 10 * PAGE);

        held.release(pages(0, 64), ON_FAULT);

        assertThat(lockedPages()).isEmpty();
    }

    /** The kernel says ENOMEM then, as it does for a hole. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatCannotBeUnlockedForWantOfMappingsIsUnlockedLater(boolean isTriedByAPass) {
        leaveLocked(POPULATED);
        assertThat(lockedPages()).isEqualTo("0-9");
        assertThat(held.firstInherited()).isNull();

        kernel.maxMapCount = 65_530;
        if (isTriedByAPass) {
            held.firstInherited();
        } else {
            lock(20, 21, ON_FAULT);
            held.release(pages(20, 21), ON_FAULT);
        }

        assertThat(lockedPages()).isEqualTo("0-3 6-9");
        assertThat(held.holdsAll(START + 3 * PAGE, START + 4 * PAGE)).isFalse();
    }

    @Test
    void whatCouldNotBeUnlockedIsNotTakenForTheApplicationsByTheNextHolder() {
        leaveLocked(ON_FAULT);
        lock(2, 5, ON_FAULT);
        kernel.maxMapCount = 65_530;

        held.release(pages(2, 5), ON_FAULT);

        assertThat(lockedPages()).isEqualTo("0-3 6-9");
    }

    @Test
    void whatCouldNotBeUnlockedIsNotLockedAgain() {
        leaveLocked(ON_FAULT);
        kernel.munlockall();
        kernel.maxMapCount = 65_530;

        held.lockAgain();

        assertThat(lockedPages()).isEqualTo("0-3 6-9");
    }

    /** Closes the middle one of three handles while no mapping can be split. */
    private void leaveLocked(Manner manner) {
        lock(0, 3, manner);
        lock(3, 6, manner);
        lock(6, 9, manner);
        kernel.maxMapCount = kernel.mappingCount();
        held.release(pages(3, 6), manner);
    }

    @Test
    void isLockedAgainAfterSomebodyUnlockedEverything() {
        lock(0, 4, POPULATED);
        lock(6, 8, ON_FAULT);
        kernel.munlockall();

        held.lockAgain();

        assertThat(lockedPages()).isEqualTo("0-4 6-8");
    }

    /** As after dropped privileges, once the limit holds some of it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void whatFitsIsLockedAgainBehindWhatDoesNot(int tooLong) {
        for (int i = 0; i < tooLong; i++) {
            lock(10 * i, 10 * i + 8, ON_FAULT);
        }
        lock(98, 99, POPULATED);
        kernel.munlockall();
        kernel.privileged = false;
        kernel.softLimit = kernel.hardLimit = 0;
        held.lockAgain();
        kernel.softLimit = kernel.hardLimit = 4 * PAGE;

        for (int pass = 0; pass < 3; pass++) {
            held.lockLost();
        }
        assertThat(lockedPages()).isEqualTo("98-99");

        kernel.privileged = true;
        for (int pass = 0; pass < 3; pass++) {
            held.lockLost();
        }
        assertThat(lockedPages()).startsWith("0-8").endsWith("98-99");
    }

    @Test
    void countsAsAPlainArrayDoes() {
        Random random = new Random(42);
        int[] counts = new int[100];
        int[][] open = new int[40][];
        for (int step = 0; step < 5000; step++) {
            int slot = random.nextInt(open.length);
            if (open[slot] == null) {
                int from = random.nextInt(99);
                open[slot] = new int[] {from, from + 1 + random.nextInt(Math.min(20, 99 - from))};
                lock(open[slot][0], open[slot][1], ON_FAULT);
                add(counts, open[slot], 1);
            } else {
                held.release(pages(open[slot][0], open[slot][1]), ON_FAULT);
                add(counts, open[slot], -1);
                open[slot] = null;
            }
            assertThat(lockedPages()).isEqualTo(ranges(page -> counts[page] > 0));
        }
    }

    private static void add(int[] counts, int[] range, int change) {
        for (int page = range[0]; page < range[1]; page++) {
            counts[page] += change;
        }
    }

    private void lock(int from, int to, Manner manner) {
        held.hold(pages(from, to), manner);
        if (manner.isPopulated()) {
            kernel.mlock(START + from * PAGE, (to - from) * PAGE);
        } else {
            kernel.mlock2(START + from * PAGE, (to - from) * PAGE, 1);
        }
    }

    private static Range pages(int from, int to) {
        return new Range(START + from * PAGE, START + to * PAGE);
    }

    private String lockedPages() {
        return ranges(page -> kernel.isLocked(START + page * PAGE));
    }

    private static String ranges(IntPredicate isLocked) {
        StringBuilder text = new StringBuilder();
        for (int page = 0; page < 100; page++) {
            if (isLocked.test(page) && (page == 0 || !isLocked.test(page - 1))) {
                int end = page;
                while (end < 100 && isLocked.test(end)) {
                    end++;
                }
                text.append(text.length() == 0 ? "" : " ")
                        .append(page)
                        .append('-')
                        .append(end);
            }
        }
        return text.toString();
    }

    /** Page by page it would take hours. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aRangeOfTerabytesWithHolesTakesAsManyCallsAsItHasMappings() {
        HeldPages.Range most = new HeldPages.Range(PAGE, 1L << 46);
        kernel.mlock(START, PAGE);

        held.hold(most, ON_FAULT);
        held.release(most, ON_FAULT);

        assertThat(kernel.isLocked(START)).as("the application's").isTrue();
    }
}
