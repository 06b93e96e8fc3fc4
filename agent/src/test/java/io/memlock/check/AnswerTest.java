// SPDX-License-Identifier: Apache-2.0
package io.memlock.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.JavaCommand;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.JvmMemory;
import io.memlock.jvms.PublishedLock;
import io.memlock.memory.Region;
import io.memlock.state.LockState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of a JVM without an agent, of which everything should be locked, but in one test. */
class AnswerTest {

    private static final Thresholds USUAL = new Thresholds(null, null, null);

    @Test
    void whatIsMissingOrSwappedOutIsAWarning() {
        assertThat(level(1000, 0, USUAL)).isEqualTo(Level.OK);
        assertThat(level(980, 0, USUAL)).isEqualTo(Level.WARNING);
        assertThat(level(0, 0, USUAL)).isEqualTo(Level.CRITICAL);
        assertThat(level(1000, 1, USUAL)).isEqualTo(Level.WARNING);
        assertThat(level(-1, 0, USUAL)).isEqualTo(Level.UNKNOWN);
    }

    @Test
    void boundsTakeThePlaceOfTheUsualOnes() {
        Thresholds coverage = new Thresholds(Threshold.share("95:50"), null, null);
        assertThat(level(980, 0, coverage)).isEqualTo(Level.OK);
        assertThat(level(900, 0, coverage)).isEqualTo(Level.WARNING);
        assertThat(level(400, 0, coverage)).isEqualTo(Level.CRITICAL);
        assertThat(level(0, 0, coverage)).as("nothing is locked").isEqualTo(Level.CRITICAL);
        assertThat(level(980, 1, coverage)).isEqualTo(Level.WARNING);
        Thresholds swapped = new Thresholds(null, Threshold.bytes("1k:2k"), null);
        assertThat(level(1000, 1024, swapped)).isEqualTo(Level.OK);
        assertThat(level(1000, 2048, swapped)).isEqualTo(Level.WARNING);
        assertThat(level(1000, 2049, swapped)).isEqualTo(Level.CRITICAL);
    }

    @Test
    void theWorstCounts() {
        Thresholds all = new Thresholds(Threshold.share("95:50"), Threshold.bytes("0:2k"), Threshold.seconds("10s:1m"));
        assertThat(level(900, 4096, all)).isEqualTo(Level.CRITICAL);
        assertThat(level(-1, 4096, all)).as("worse than what is not known").isEqualTo(Level.CRITICAL);
    }

    @Test
    void theAgeOfTheMeasurementCountsWhereThereIsNoAgent() {
        Thresholds age = new Thresholds(null, null, Threshold.seconds("10s:1m"));
        assertThat(level(new JvmMemory(1000, 1000, 1000, 0, 0, 0, 0), age)).isEqualTo(Level.OK);
        assertThat(level(new JvmMemory(1000, 1000, 1000, 0, 0, 0, 61), age)).isEqualTo(Level.CRITICAL);
        assertThat(level(new JvmMemory(1000, -1, 1000, 0, 0, 0, -1), age)).isEqualTo(Level.UNKNOWN);
    }

    @Test
    void whoseAgentDoesNotTellWhatShouldBeLockedIsNotJudgedByAll() {
        assertThat(ofAgent(400, USUAL).level()).isEqualTo(Level.UNKNOWN);
        assertThat(ofAgent(400, USUAL).text())
                .contains("partly locked 40 %; what its agent should lock is not known: its counters cannot be read");
        assertThat(ofAgent(1000, USUAL).line()).isEqualTo("MEMLOCK OK: JVM 7 (app.jar) locked");
        assertThat(ofAgent(0, USUAL).level()).isEqualTo(Level.CRITICAL);
        assertThat(ofAgent(400, new Thresholds(Threshold.share("30:20"), null, null))
                        .level())
                .as("somebody knows")
                .isEqualTo(Level.OK);
    }

    /** As of a scan before it, or with ZGC under a limit, whose heap can be swapped out at any moment. */
    @Test
    void aShareOfAllDoesNotExcuseAnAgentThatSaysPartial() {
        PublishedLock partial =
                published(LockState.PARTIAL, List.of(Region.HEAP), 1).measured(1000, 1000);
        JvmMemory memory = new JvmMemory(1000, 1000, 1000, 0, 0, 0, 0);
        Thresholds coverage = new Thresholds(Threshold.share("99.5:95"), null, null);

        assertThat(answer(memory, partial, coverage, true).line())
                .isEqualTo("MEMLOCK WARNING: JVM 7 (app.jar) partly locked, verified 1 s ago");
    }

    @Test
    void boundsBeyondWhatPassesForAllCountBesideAnAgentThatSaysPartial() {
        PublishedLock partial =
                published(LockState.PARTIAL, List.of(Region.HEAP), 1).measured(996, 1000);
        JvmMemory memory = new JvmMemory(1000, 996, 1000, 0, 0, 0, 0);

        assertThat(answer(memory, partial, new Thresholds(Threshold.share("100:99.9"), null, null), true)
                        .line())
                .isEqualTo("MEMLOCK CRITICAL: JVM 7 (app.jar) partly locked 99.6 %, verified 1 s ago");
        assertThat(answer(memory, partial, new Thresholds(Threshold.share("99:95"), null, null), true)
                        .level())
                .isEqualTo(Level.WARNING);
    }

    /** As in a large JVM that is not dumpable. */
    @Test
    void anAgentThatSaysPartialAndNoShareIsAWarningWhateverTheBounds() {
        PublishedLock partial = published(LockState.PARTIAL, List.of(Region.HEAP), 1);
        JvmMemory memory = new JvmMemory(1000, -1, 1000, 0, 0, 0, -1);

        assertThat(answer(memory, partial, new Thresholds(Threshold.share("99.5:95"), null, null), true)
                        .line())
                .isEqualTo("MEMLOCK WARNING: JVM 7 (app.jar) partly locked, verified 1 s ago");
    }

    /** With mode=none the application may have called mlockall: the agent, which keeps no promise then, has not verified it. */
    @Test
    void whereNothingIsSelectedOurOwnLookHasAnAgeAndNotTheAgents() {
        PublishedLock unlocked = published(LockState.UNLOCKED, List.of(), 86_400);
        JvmMemory memory = new JvmMemory(1000, 1000, 1000, 0, 0, 0, 0);
        Thresholds age = new Thresholds(null, null, Threshold.seconds("10s:2m"));

        assertThat(answer(memory, unlocked, age, true).line()).isEqualTo("MEMLOCK OK: JVM 7 (app.jar) locked");
    }

    @Test
    void aNameNeitherEndsTheLineNorAddsNumbersToIt() {
        String line = Answer.unknown(7, "evil|coverage=1\nMEMLOCK OK: all").line();

        assertThat(line).isEqualTo("MEMLOCK UNKNOWN: evil/coverage=1\\u000aMEMLOCK OK: all");
    }

    private static Level level(long locked, long swapped, Thresholds thresholds) {
        return level(new JvmMemory(1000, locked, locked, swapped, 0, 0, 0), thresholds);
    }

    private static Level level(JvmMemory memory, Thresholds thresholds) {
        return answer(memory, thresholds, false).level();
    }

    private static Answer ofAgent(long locked, Thresholds thresholds) {
        return answer(new JvmMemory(1000, locked, locked, 0, 0, 0, 0), thresholds, true);
    }

    private static PublishedLock published(LockState state, List<Region> regions, long verifiedAgeSeconds) {
        return new PublishedLock(state, regions, "", PublishedLock.NOTHING.scan(), 0, verifiedAgeSeconds);
    }

    private static Answer answer(JvmMemory memory, Thresholds thresholds, boolean hasAgent) {
        return answer(memory, PublishedLock.NOTHING, thresholds, hasAgent);
    }

    private static Answer answer(JvmMemory memory, PublishedLock published, Thresholds thresholds, boolean hasAgent) {
        Jvm jvm = new Jvm(7, 0, new JavaCommand("app.jar", new JvmFlags(List.of())), hasAgent, 1);
        return Answer.on(jvm, memory, published, thresholds);
    }
}
