// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.manners.FullHeapException;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetaspaceNodesTest {

    private static final long SECOND = 1_000_000_000L;

    private static final String[] FIRST = {
        "7feb63000000-7feb63050000 rw-p 00000000 00:00 0", "7feb63050000-7feb67000000 ---p 00000000 00:00 0"
    };

    private static final String[] SECOND_NODE = {
        "7feb73000000-7feb73050000 rw-p 00000000 00:00 0", "7feb73050000-7feb77000000 ---p 00000000 00:00 0"
    };

    private final List<Mapping> mappings = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();
    private int asked;
    private final MetaspaceNodes nodes = new MetaspaceNodes(command -> {
        asked++;
        return report.toString();
    });

    @Test
    void asksOnceIfNothingUnexplainedAppears() throws IOException {
        appear(FIRST);
        reported("7feb63000000");

        assertThat(refreshAt(0)).isTrue();
        assertThat(refreshAt(1000)).isFalse();
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksAgainWhenMemoryAppearsThatCouldBeANode() throws IOException {
        appear(FIRST);
        reported("7feb63000000");
        refreshAt(0);

        appear(SECOND_NODE);
        reported("7feb73000000");

        assertThat(refreshAt(20)).isTrue();
        assertThat(nodes.nodes()).hasSize(2);
        assertThat(refreshAt(1000)).isFalse();
    }

    @Test
    void doesNotAskForMemoryTooSmallForANode() throws IOException {
        refreshAt(0);
        appear("7feb73000000-7feb74000000 rw-p 00000000 00:00 0");

        refreshAt(1000);

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksLessOftenAfterEachFalseCandidate() throws IOException {
        refreshAt(0);
        for (int second = 1; second <= 200; second++) {
            long start = 0x7000_0000_0000L + second * 0x1_0000_0000L;
            mappings.add(new Mapping(start, start + (65L << 20), true, true, false, false, 0, 0, "", Backing.NONE));
            refreshAt(second);
        }
        assertThat(asked).isEqualTo(5); // at 0, 20, 60, 120 and 180 seconds
    }

    @Test
    void asksAgainAtLeastOnceAMinuteWhereSomethingNewAppears() throws IOException {
        refreshAt(0);
        for (int second = 1; second <= 3 * 3600; second++) {
            long start = 0x1000_0000L + second % 600 * 0x1_0000_0000L;
            mappings.clear();
            mappings.add(new Mapping(start, start + (65L << 20), true, true, false, false, 0, 0, "", Backing.NONE));
            refreshAt(second);
        }

        assertThat(asked).isBetween(3 * 60, 3 * 60 + 6);
    }

    @Test
    void asksForMemoryThatIsJustAsLongAsANode() throws IOException {
        refreshAt(0);
        appear("7feb73000000-7feb77000000 rw-p 00000000 00:00 0");
        refreshAt(100);
        assertThat(asked).isEqualTo(2);

        appear("7feb83000000-7feb86fff000 rw-p 00000000 00:00 0");
        refreshAt(1000);
        assertThat(asked).as("a page too short").isEqualTo(2);
    }

    /** Of two mappings with a hole between none is long enough. */
    @Test
    void doesNotAskForMemoryThatCannotBeANode() throws IOException {
        refreshAt(0);
        appear(
                "100000000-110000000 ---p 00000000 00:00 0",
                "200000000-202000000 rw-p 00000000 00:00 0",
                "202001000-204001000 rw-p 00000000 00:00 0",
                "300000000-310000000 rw-s 00000000 00:01 5 /dev/zero (deleted)",
                "400000000-410000000 rwxp 00000000 00:00 0");

        refreshAt(1000);

        assertThat(asked).isEqualTo(1);
    }

    /** What another region cuts in two is no node either, nor is it joined with what comes behind. */
    @Test
    void doesNotJoinMemoryAcrossAnothersMapping() throws IOException {
        refreshAt(0);
        appear(
                "200000000-202000000 rw-p 00000000 00:00 0",
                "202000000-203000000 r-xp 00000000 fe:00 5 /lib/libc.so.6",
                "203000000-205000000 rw-p 00000000 00:00 0");

        refreshAt(1000);

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksForANodeThatOtherMemoryFollows() throws IOException {
        refreshAt(0);
        appear(SECOND_NODE);
        appear("7feb77000000-7feb77001000 r-xp 00000000 fe:00 5 /lib/libc.so.6");

        refreshAt(1000);

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void learnsThatANodeIsElsewhereOrLonger() throws IOException {
        appear(FIRST);
        reported("7feb63000000");
        refreshAt(0);
        appear(SECOND_NODE);
        report.setLength(0);
        reported("7feb73000000");
        assertThat(refreshAt(20)).as("elsewhere").isTrue();
        assertThat(nodes.nodes()).singleElement().extracting(KnownRange::start).isEqualTo(0x7feb73000000L);

        report.setLength(0);
        report.append("- node #0: base 0x00007feb73000000: reserved=131072.00 KB, committed=384.00 KB\n");
        appear("500000000-510000000 rw-p 00000000 00:00 0");
        assertThat(refreshAt(1000)).as("longer").isTrue();
    }

    @Test
    void aJvmThatDoesNotAnswerIsNotAskedAgainSoon() {
        MetaspaceNodes silent = new MetaspaceNodes(command -> {
            asked++;
            throw new IOException("no answer");
        });
        appear(FIRST);

        assertThatThrownBy(() ->
                        silent.refresh(new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(mappings), 0))
                .hasMessage("no answer");
        assertThatNoException()
                .isThrownBy(() -> silent.refresh(
                        new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(mappings), 1000 * SECOND));
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksAgainAfterAPauseIfMemoryWasLacking() throws IOException {
        IOException outOfMemory = new IOException("no memory", new OutOfMemoryError("Java heap space"));
        for (IOException failure : List.of(outOfMemory, new FullHeapException("no room"))) {
            asked = 0;
            mappings.clear();
            appear(FIRST);
            report.setLength(0);
            reported("7feb63000000");
            MetaspaceNodes crowded = new MetaspaceNodes(command -> {
                if (asked++ == 0) {
                    throw failure;
                }
                return report.toString();
            });
            List<Segment> segments = new RegionClassifier(KnownRanges.of(List.of(), 4096)).classify(mappings);

            assertThatThrownBy(() -> crowded.refresh(segments, 0)).isSameAs(failure);
            assertThat(crowded.refresh(segments, SECOND)).as("too soon").isFalse();
            assertThat(crowded.refresh(segments, 100 * SECOND)).isTrue();
            assertThat(crowded.nodes()).hasSize(1);
            assertThat(crowded.problem()).isEmpty();
            assertThat(crowded.refresh(segments, 1000 * SECOND)).isFalse();
            assertThat(asked).isEqualTo(2);
        }
    }

    @Test
    void asksAgainAfterAnErrorForLackOfMemory() {
        MetaspaceNodes crowded = new MetaspaceNodes(command -> {
            throw new OutOfMemoryError("Metaspace");
        });

        assertThatThrownBy(() -> crowded.refresh(List.of(), 0)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> crowded.refresh(List.of(), 100 * SECOND)).isInstanceOf(OutOfMemoryError.class);
        assertThat(crowded.problem()).isEqualTo("Metaspace");
    }

    private boolean refreshAt(long seconds) throws IOException {
        KnownRanges known = KnownRanges.of(nodes.nodes(), 4096);
        return nodes.refresh(new RegionClassifier(known).classify(mappings), seconds * SECOND);
    }

    private void appear(String... maps) {
        for (String line : maps) {
            mappings.add(CapturedMaps.mapping(line));
        }
    }

    private void reported(String base) {
        report.append("- node #0: base 0x0000")
                .append(base)
                .append(": reserved=65536.00 KB, committed=384.00 KB ( <1%), used=16384.00 KB ( 25%)\n");
    }
}
