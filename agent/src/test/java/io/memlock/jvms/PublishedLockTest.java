// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.jvmstat.CounterFile;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.state.LockState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM publishes whatever it likes. */
class PublishedLockTest {

    private static final long NOW = 100_000_000_000L;

    @Test
    void readsWhichFilesAreSelected() {
        assertThat(published("/data/{a,b+c}/**+/x").selectedFiles())
                .containsExactly(PathGlob.of("/data/{a,b+c}/**"), PathGlob.of("/x"));
        assertThat(published("/data/*").describe()).isEqualTo("heap+mapped (of mapped: /data/*)");
        assertThat(published("").selectedFiles()).isEmpty();
        assertThat(published("").describe()).isEqualTo("heap+mapped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "+", "/a++/b", "/{", "/a\\", "/[", "\u001b[2J", "relative"})
    void whatCannotBeReadIsNotKnown(String files) {
        assertThat(published(files).selectedFiles()).isNull();
        assertThat(published(files).describe()).isEqualTo("heap+mapped (of mapped: some files)");
    }

    /** The text is the process's own: one that takes long to match, or all of the stack, is not read. */
    @Test
    void moreThanAnAgentWouldTakeIsNotRead() {
        assertThat(published("/" + "*".repeat(200_000)).selectedFiles()).isNull();
        assertThat(published("/" + "a".repeat(PathGlob.LONGEST)).selectedFiles())
                .isNull();
        assertThat(published("/" + "a".repeat(PathGlob.LONGEST - 1)).selectedFiles())
                .hasSize(1);
    }

    @Test
    void whatATerminalWouldObeyIsNotShownAsItIs() {
        assertThat(published("/a\u001b[2J").describe()).doesNotContain("\u001b");
        assertThat(published("/a\u001bc").describe()).isEqualTo("heap+mapped (of mapped: /a\\u001bc)");
    }

    @Test
    void completesWhatTheKernelTellsOfALargeJvm() {
        PublishedLock published = read(honest());

        assertThat(published.state()).isEqualTo(LockState.LOCKED);
        assertThat(published.verifiedAgeSeconds()).isEqualTo(2);
        assertThat(published.coverage()).isEqualTo(1);
        assertThat(published.complete(kernel(900, 1000), 50)).isEqualTo(new JvmMemory(880, 800, 1000, 40, 500, 0, 7));
    }

    /** The selection's is the agent's, also where somebody else has measured everything just now. */
    @Test
    void coverageIsAsOldAsWhatItIsTakenFrom() {
        JvmMemory measured = new JvmMemory(1000, 900, 1000, 0, 500, 0, 0);

        assertThat(read(honest()).coverageAgeSeconds(measured)).isEqualTo(7);
        assertThat(PublishedLock.NOTHING.coverageAgeSeconds(measured)).isZero();
        assertThat(PublishedLock.NOTHING.coverageAgeSeconds(kernel(900, 1000))).isEqualTo(-1);
    }

    @Test
    void aScanFromOutsideCountsMoreThanWhatTheAgentSays() {
        assertThat(read(honest()).measured(100, 100).state()).isEqualTo(LockState.LOCKED);
        assertThat(read(honest()).measured(40, 100).state()).isEqualTo(LockState.PARTIAL);
        assertThat(read(honest()).measured(40, 100).coverage()).isEqualTo(0.4);
    }

    @Test
    void whatTheKernelSaysNowIsTheMost() {
        assertThat(read(honest()).complete(kernel(600, 700), 50))
                .as("the JVM has become smaller since")
                .isEqualTo(new JvmMemory(600, 600, 700, 40, 500, 0, 7));
        assertThat(read(honest()).complete(kernel(900, 1000), 39).swappedBytes())
                .as("more than this host has in swap")
                .isEqualTo(10);
        assertThat(read(honest()).complete(kernel(900, 1000), -1).swappedBytes())
                .isEqualTo(10);
    }

    @Test
    void whereTheKernelSaysOtherwiseNothingPublishedCounts() {
        PublishedLock published = read(honest());

        assertThat(published.isBorneOutBy(kernel(900, 0)))
                .as("nothing is charged")
                .isFalse();
        assertThat(published.isBorneOutBy(kernel(900, 500)))
                .as("less than is locked of the selection")
                .isFalse();
        assertThat(published.complete(kernel(900, 500), 50)).isEqualTo(kernel(900, 500));
    }

    /** It was small at the last scan, is not dumpable, and is too large by now for the agent to scan it. */
    @Test
    void aScanThatTheJvmHasOutgrownTellsNothingOfTheProcess() {
        JvmMemory grown = new JvmMemory(8000, -1, 8000, 0, 7000, 0, -1);
        JvmMemory little = new JvmMemory(1300, -1, 1300, 0, 1100, 0, -1);

        assertThat(read(honest()).complete(grown, 50)).isEqualTo(grown);
        assertThat(LockSummary.on(grown, read(honest())).text()).isEqualTo("locked: heap");
        assertThat(read(honest()).complete(little, 50).ageSeconds()).isEqualTo(7);
    }

    @Test
    void hugePagesOfHugetlbfsAreLockedAndNotCharged() {
        JvmMemory seen = new JvmMemory(900, -1, 100, 10, 100, 750, -1);

        assertThat(read(honest()).isBorneOutBy(seen)).isTrue();
        assertThat(read(honest()).complete(seen, 50)).isEqualTo(new JvmMemory(880, 800, 100, 40, 100, 750, 7));
    }

    @Test
    void whoLocksEverythingIsChargedForAllThatIsAnonymous() {
        byte[] file = honest("heap+code+metaspace+stacks+gc+cds+native+libs+shm+other", 4, 4);
        JvmMemory memory = new JvmMemory(1 << 30, -1, 4096, 0, 1 << 29, 0, -1);

        assertThat(read(file).isBorneOutBy(memory)).isFalse();
        assertThat(read(honest("heap", 4, 4)).isBorneOutBy(memory)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "io.memlock.lockedBytes, -2",
        "io.memlock.lockedBytes, 1000000",
        "io.memlock.lockedBytes, 9223372036854775807",
        "io.memlock.lockedBytes, 9221120237041090560", // the bits of a NaN
        "io.memlock.residentBytes, -9223372036854775808",
        "io.memlock.scanned, 0",
        "io.memlock.scanned, -1",
        "io.memlock.scanned, 100000000001",
        "io.memlock.processLockedBytes, -1",
        "io.memlock.processLockedBytes, 1",
        "io.memlock.processLockedBytes, 9223372036854775807",
        "io.memlock.processResidentBytes, 1",
        "io.memlock.processSwappedBytes, -3"
    })
    void aScanThatCannotBeIsNotKnown(String counter, long value) {
        CounterFile file = new CounterFile().number(counter, value); // the first of a name counts
        PublishedLock published = read(honest(file, "heap", 800, 800));

        assertThat(published.complete(kernel(900, 1000), 50)).isEqualTo(kernel(900, 1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, NOW + 1})
    void aVerificationThatCannotBeHasNoAge(long verified) {
        CounterFile file = new CounterFile().number("io.memlock.verified", verified);
        PublishedLock published = read(honest(file, "heap", 800, 800));

        assertThat(published.verifiedAgeSeconds()).isEqualTo(-1);
        assertThat(published.state()).isEqualTo(verified > NOW ? LockState.UNKNOWN : LockState.LOCKED);
    }

    @Test
    void ofTextsOnlyWhatAnAgentWouldSayIsKept() {
        String flood = "heap+\u001b[2J\nMEMLOCK OK: all+" + "x".repeat(100_000);
        CounterFile file = new CounterFile().text("io.memlock.files", "/" + "a".repeat(100_000));
        PublishedLock published = read(honest(file, flood, 800, 800));

        assertThat(published.selection()).isEqualTo("heap");
        assertThat(published.files()).isEqualTo("?");
    }

    @Test
    void aLockWhoseClockCannotBeReadIsUnknownForNobodyKnowsHowLong() {
        PublishedLock published = PublishedLock.in(honest(), ProcessClock.UNKNOWN);

        assertThat(published.state()).isEqualTo(LockState.UNKNOWN);
        assertThat(published.verifiedAgeSeconds()).isEqualTo(-1);
        assertThat(LockSummary.on(kernel(900, 1000), published).text())
                .isEqualTo("not verified by its agent, swapped out 10 B");
        assertThat(published.complete(kernel(900, 1000), 50))
                .as("numbers of an unknown age")
                .isEqualTo(kernel(900, 1000));
    }

    private static PublishedLock read(byte[] file) {
        return PublishedLock.in(file, NOW);
    }

    private static byte[] honest() {
        return honest("heap", 700, 700);
    }

    private static byte[] honest(String selection, long locked, long resident) {
        return honest(new CounterFile(), selection, locked, resident);
    }

    private static byte[] honest(CounterFile file, String selection, long locked, long resident) {
        return file.number("io.memlock.verified", NOW - 2_500_000_000L)
                .number("io.memlock.goodUntil", NOW + 500_000_000L)
                .number("io.memlock.lockedBytes", locked)
                .number("io.memlock.residentBytes", resident)
                .number("io.memlock.processLockedBytes", 800)
                .number("io.memlock.processResidentBytes", 880)
                .number("io.memlock.processSwappedBytes", 40)
                .number("io.memlock.scanned", NOW - 7_000_000_000L)
                .text("io.memlock.selection", selection)
                .text("io.memlock.files", "")
                .number("io.memlock.state", 0)
                .bytes();
    }

    /** What the kernel tells at no cost. */
    private static JvmMemory kernel(long resident, long charged) {
        return new JvmMemory(resident, charged == 0 ? 0 : -1, charged, 10, 500, 0, charged == 0 ? 0 : -1);
    }

    private static PublishedLock published(String files) {
        return new PublishedLock(
                LockState.LOCKED, List.of(Region.HEAP, Region.MAPPED), files, PublishedScan.NONE, 0, 0);
    }
}
