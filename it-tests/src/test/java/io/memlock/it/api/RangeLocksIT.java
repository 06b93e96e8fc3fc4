// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.api.MemoryLocks;
import io.memlock.it.apps.KeyApp;
import io.memlock.it.apps.RangeLockApp;
import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code io.memlock.api} in real JVMs, judged by smaps. */
class RangeLocksIT {

    private static final int BYTES = 100_000;
    private static final int FIRST_WITH_SEGMENTS = 22;

    /** What a handle says of itself. */
    private record Handle(long start, long end, long pagesStart, long pagesEnd, long lockedBytes, boolean isLocked) {

        static Handle of(String answer) {
            String[] words = answer.split(" ", -1);
            assertThat(words).as(answer).hasSize(4);
            return new Handle(
                    address(words[0], 0),
                    address(words[0], 1),
                    address(words[1], 0),
                    address(words[1], 1),
                    Long.parseLong(words[2]),
                    Boolean.parseBoolean(words[3]));
        }

        private static long address(String range, int end) {
            return Long.parseUnsignedLong(range.split("-", -1)[end], 16);
        }

        String pages() {
            return Smaps.range(pagesStart, pagesEnd);
        }

        long bytes() {
            return pagesEnd - pagesStart;
        }
    }

    @EachJdk
    void aRangeAlignedToNothingIsLockedInWholePagesAndNoMore(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(jdk, "mode=none")) {
            Handle handle = Handle.of(jvm.ask("buffer a " + BYTES + " populated"));

            assertThat(handle.end() - handle.start()).isEqualTo(BYTES);
            assertThat(handle.start() % 4096).isNotZero();
            assertThat(handle.pagesStart()).isEqualTo(handle.start() / 4096 * 4096);
            assertThat(handle.pagesEnd()).isEqualTo((handle.end() + 4095) / 4096 * 4096);
            assertThat(handle.lockedBytes()).isEqualTo(handle.bytes());
            assertThat(locked(jvm)).containsExactly(handle.pages());
            assertThat(Smaps.of(jvm.pid()).lockedBytes()).isEqualTo(handle.bytes());

            Handle closed = Handle.of(jvm.ask("close a"));
            assertThat(closed.isLocked()).isFalse();
            assertThat(closed.lockedBytes()).isZero();
            assertThat(locked(jvm)).isEmpty();
            assertThat(jvm.stderr()).doesNotContain("WARNING");
        }
    }

    @Test
    void aPageThatTwoHandlesShareStaysLockedForTheOther() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=none")) {
            Handle first = Handle.of(jvm.ask("buffer a " + BYTES + " onfault"));
            jvm.ask("again a b");
            Handle beside = Handle.of(jvm.ask("beside a c"));
            jvm.ask("close a");
            assertThat(locked(jvm)).containsExactly(first.pages());
            jvm.ask("close b");

            assertThat(locked(jvm)).containsExactly(beside.pages());
            jvm.ask("close c");
            assertThat(locked(jvm)).isEmpty();
        }
    }

    @Test
    void pagesAreLeftOutOfCoreDumpsForAsLongAsTheyAreHeld() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=none")) {
            String before = String.join(" ", hidden(jvm));
            Handle handle = Handle.of(jvm.ask("buffer a " + BYTES + " populated-hidden"));
            assertThat(hidden(jvm)).contains(handle.pages());
            jvm.ask("close a");

            assertThat(String.join(" ", hidden(jvm))).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onfault", "populated"})
    void isLockedBesideASelectionThatLeavesItOut(String options) {
        Machine.requireUnlimitedLocking();
        for (Jdk jdk : Jdk.all()) {
            try (ForkedJvm jvm = app(jdk, "mode=heap,interval=100ms")) {
                jvm.awaitErrorLine("[memlock] locked ");
                Handle handle = Handle.of(jvm.ask("buffer a " + BYTES + " " + options));
                assertThat(locked(jvm)).contains(handle.pages());
                // Another selection unlocks what the first has locked, and no more.
                attach(jvm, "mode=code,interval=100ms");
                assertThat(locked(jvm)).contains(handle.pages());
                jvm.ask("close a");

                assertThat(locked(jvm)).doesNotContain(handle.pages());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onfault", "populated"})
    void unlockByAttachLeavesWhatIsHeld(String options) {
        Machine.requireUnlimitedLocking();
        for (Jdk jdk : Jdk.all()) {
            try (ForkedJvm jvm = app(jdk, "mode=all,interval=100ms")) {
                jvm.awaitErrorLine("[memlock] locked ");
                Handle held = Handle.of(jvm.ask("buffer a " + BYTES + " " + options));
                Handle closed = Handle.of(jvm.ask("buffer b " + BYTES + " " + options));
                jvm.ask("close b");
                assertThat(Smaps.of(jvm.pid())
                                .within(closed.pagesStart(), closed.pagesEnd())
                                .residentUnlockedBytes())
                        .isZero();
                assertThat(lockedAt(jvm, closed.pagesStart()))
                        .as("mode=all wants it")
                        .isTrue();

                Memlock.run("unlock", jvm.pid()).succeeded();

                assertThat(locked(jvm)).contains(held.pages());
                assertThat(lockedAt(jvm, closed.pagesStart())).isFalse();
                assertThat(Handle.of(jvm.ask("tell a")).isLocked()).isTrue();
                jvm.ask("close a");
                assertThat(lockedAt(jvm, held.pagesStart())).isFalse();
            }
        }
    }

    @Test
    void whatIsClosedUnderRescanStaysLockedAndIsGivenBackByUnlock() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=all,strategy=rescan,interval=100ms")) {
            jvm.awaitErrorLine("[memlock] locked ");
            Handle handle = Handle.of(jvm.ask("buffer a " + BYTES + " populated"));
            jvm.ask("close a");
            assertThat(lockedAt(jvm, handle.pagesStart())).isTrue();

            Memlock.run("unlock", jvm.pid()).succeeded();
            assertThat(lockedAt(jvm, handle.pagesStart())).isFalse();
        }
    }

    @Test
    void onFaultLocksPagesAsTheyAreTouched() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=none")) {
            Handle handle = Handle.of(jvm.ask("buffer a " + (32 << 20) + " onfault"));
            jvm.ask("touch a");

            assertThat(Handle.of(jvm.ask("tell a")).lockedBytes()).isEqualTo(handle.bytes());
            assertThat(Smaps.of(jvm.pid()).lockedBytes()).isEqualTo(handle.bytes());
        }
    }

    @Test
    void memoryThatIsFreedTooEarlyHarmsNobody() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=none")) {
            jvm.ask("buffer a " + (32 << 20) + " populated");
            jvm.ask("free a");
            assertThat(jvm.ask("tell a")).endsWith(" 0 true");

            assertThat(jvm.ask("close a")).endsWith(" 0 false");
            assertThat(locked(jvm)).isEmpty();
        }
    }

    @Test
    void saysWhatIsWrong() {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(Jdk.newest(), "mode=none")) {
            assertThat(jvm.ask("heapbuffer"))
                    .startsWith("IllegalArgumentException")
                    .contains("allocateDirect");
            assertThat(jvm.ask("nowhere"))
                    .startsWith("MemoryLockException NOT LOCKED")
                    .contains("nothing is mapped at 0000000000003000");
            assertThat(locked(jvm)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onfault", "populated"})
    void aLimitIsNamedAndNothingIsHalfDone(String options) {
        Machine.requireDroppableIpcLock();
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.newest())
                .wrapper(Wrappers.memlockLimit(4 << 20))
                .wrapper(Wrappers.withoutIpcLock())
                .agent("mode=none")
                .main(RangeLockApp.class)
                .start()) {
            jvm.awaitLine("ready");
            Handle fits = Handle.of(jvm.ask("buffer a " + BYTES + " " + options));

            assertThat(jvm.ask("buffer b " + (32 << 20) + " " + options))
                    .startsWith("MemoryLockException NOT LOCKED")
                    .contains("tried:", "RLIMIT_MEMLOCK soft 4.0 MiB", "asked for: 32.0 MiB", "--memlock=unlimited");
            assertThat(locked(jvm)).containsExactly(fits.pages());
        }
    }

    @EachJdk
    void locksNothingWithoutAnAgentAndSaysSo(Jdk jdk) {
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(MemoryLocks.class))
                .main(RangeLockApp.class)
                .start()) {
            jvm.awaitLine("ready");
            assertThat(jvm.ask("available")).isEqualTo("false");
            assertThat(jvm.ask("buffer a " + BYTES + " populated")).endsWith(" 0 false");
            assertThat(jvm.ask("close a")).endsWith(" 0 false");
            assertThat(jvm.ask("heapbuffer")).startsWith("IllegalArgumentException");

            attach(jvm, "mode=none");
            assertThat(jvm.ask("available")).isEqualTo("true");
            assertThat(jvm.ask("buffer b " + BYTES + " populated")).endsWith(" true");
        }
    }

    @EachJdk
    void aCopyInAnotherClassLoaderWorks(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        try (ForkedJvm jvm = app(jdk, "mode=none")) {
            String[] answer =
                    jvm.ask("copy " + AgentJar.codeOf(MemoryLocks.class)).split(" ", -1);

            assertThat(answer[0]).isEqualTo("true");
            assertThat(Long.parseLong(answer[1])).isGreaterThanOrEqualTo(BYTES);
        }
    }

    @Test
    void theExampleOfTheDocumentationWorks() throws IOException {
        Machine.requireUnlimitedLocking();
        String source = Files.readString(Path.of("src/test/java/io/memlock/it/apps/KeyApp.java"));
        String example = source.substring(source.indexOf("// example\n") + 11, source.indexOf("\n        // end"));
        assertThat(Files.readString(Path.of("../docs/api.md"))).contains("```java\n" + example.stripIndent() + "\n```");

        Outcome outcome = ForkedJvm.on(Jdk.newest())
                .agent("mode=none,log=quiet")
                .main(KeyApp.class)
                .run();
        assertThat(outcome.stdout()).as(outcome::toString).contains(" 4096 bytes in RAM");
        assertThat(outcome.stderr()).isEmpty();
    }

    @Test
    void locksMemorySegments() {
        Machine.requireUnlimitedLocking();
        Jdk jdk = Machine.requireJdk(FIRST_WITH_SEGMENTS);
        try (ForkedJvm jvm = app(jdk, "mode=none")) {
            String[] answers = jvm.ask("foreign").split(" ", -1);
            Handle byAddress = Handle.of(String.join(" ", List.of(answers).subList(0, 4)));
            Handle byBuffer = Handle.of(String.join(" ", List.of(answers).subList(4, 8)));

            assertThat(byBuffer.pages()).isEqualTo(byAddress.pages());
            assertThat(byAddress.lockedBytes()).isEqualTo(byAddress.bytes());
            assertThat(locked(jvm)).containsExactly(byAddress.pages());
            assertThat(jvm.stderr()).doesNotContain("WARNING");
            assertThat(jvm.ask("foreignfreed"))
                    .startsWith("MemoryLockException NOT LOCKED")
                    .contains("was freed");
            assertThat(locked(jvm)).containsExactly(byAddress.pages());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=none", "mode=heap,interval=100ms", "mode=all,interval=100ms"})
    void countsAndSmapsAgreeAfterTenThousandCyclesOnEightThreads(String options) {
        Machine.requireUnlimitedLocking();
        for (Jdk jdk : List.of(Jdk.current(), Jdk.newest())) {
            try (ForkedJvm jvm = app(jdk, options)) {
                List<String> expected = joined(jvm.ask("cycles 10000"));
                if (!options.equals("mode=none")) {
                    Memlock.run("unlock", jvm.pid()).succeeded();
                }

                String first = expected.get(0);
                String last = expected.get(expected.size() - 1);
                long start = Handle.address(first, 0);
                long end = Handle.address(last, 1);
                assertThat(Smaps.of(jvm.pid()).within(start, end).rangesWhere(Smaps.Entry::isLocked))
                        .isEqualTo(expected);
                jvm.ask("closecycles");
                assertThat(Smaps.of(jvm.pid()).within(start, end).rangesWhere(Smaps.Entry::isLocked))
                        .as("after all is closed")
                        .isEmpty();
                if (options.equals("mode=none")) {
                    assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
                }
            }
        }
    }

    /** Ranges as an app prints them, overlapping ones and neighbours made one. */
    private static List<String> joined(String ranges) {
        List<long[]> sorted = Stream.of(ranges.split(" "))
                .map(range -> new long[] {Handle.address(range, 0), Handle.address(range, 1)})
                .sorted(Comparator.comparingLong(range -> range[0]))
                .toList();
        List<String> joined = new ArrayList<>();
        long start = sorted.get(0)[0];
        long end = start;
        for (long[] range : sorted) {
            if (range[0] > end) {
                joined.add(Smaps.range(start, end));
                start = range[0];
            }
            end = Math.max(end, range[1]);
        }
        joined.add(Smaps.range(start, end));
        return joined;
    }

    private static ForkedJvm app(Jdk jdk, String options) {
        ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-Xmx128m")
                .agent(options)
                .main(RangeLockApp.class)
                .start();
        jvm.awaitLine("ready");
        return jvm;
    }

    private static void attach(ForkedJvm jvm, String options) {
        Memlock.run("attach", jvm.pid(), options).succeeded();
    }

    private static List<String> locked(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).rangesWhere(Smaps.Entry::isLocked);
    }

    private static boolean lockedAt(ForkedJvm jvm, long address) {
        return Smaps.of(jvm.pid()).mappings().stream()
                .anyMatch(entry -> entry.start() <= address && address < entry.end() && entry.isLocked());
    }

    private static List<String> hidden(ForkedJvm jvm) {
        return Smaps.of(jvm.pid()).rangesWhere(entry -> entry.flags().contains("dd"));
    }
}
