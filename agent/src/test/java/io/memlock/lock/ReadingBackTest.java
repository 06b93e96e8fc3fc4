// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Backing;
import io.memlock.memory.Evidence;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.residency.ReadBack;
import io.memlock.residency.Residency;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What waits to be read back, where each part has time for a few segments only. */
class ReadingBackTest {

    private static final long PAGE = 4096;
    private static final int PART = 400;

    private final Slow residency = new Slow();
    private final ReadingBack readingBack = new ReadingBack(process());

    @Test
    void goesOnWhereItStopped() {
        readingBack.add(segments(0, 1_000));

        part();
        part();
        part();

        assertThat(residency.firsts).containsExactly(0, 400, 800);
        assertThat(residency.told).containsExactly(1_000 * PAGE);
        assertThat(readingBack.isMoreToDo()).isFalse();
    }

    /** Something new in each pass must not make it begin again each time. */
    @Test
    void comesToAnEndThoughMoreIsLockedThanItRemembers() {
        readingBack.add(segments(0, 1_000));
        part();
        readingBack.add(segments(1_000, 900));
        part();
        readingBack.add(segments(1_900, 1));
        part();
        assertThat(residency.firsts).containsExactly(0, 400, 800);
        assertThat(readingBack.isMoreToDo()).as("all that is locked, once more").isTrue();

        for (int i = 0; i < 5; i++) {
            part();
        }

        assertThat(residency.firsts).containsExactly(0, 400, 800, 0, 400, 800, 1_200, 1_600);
        assertThat(readingBack.continueOrEnd()).isFalse();
    }

    /** As at an attach: what is told in the end is all of it. */
    @Test
    void whatIsLeftOfAllIsReadBackAndToldWithTheRest() {
        assertThat(readingBack.readAll(segments(0, 1_000), () -> false)).isNull();
        assertThat(residency.told).isEmpty();

        part();
        part();

        assertThat(residency.firsts).containsExactly(0, 400, 800);
        assertThat(residency.told).containsExactly(1_000 * PAGE);
    }

    @Test
    void tellsAtOnceWhereAllIsReadBack() {
        readingBack.readAll(segments(0, 10), () -> false);

        assertThat(residency.told).containsExactly(10 * PAGE);
        assertThat(readingBack.continueOrEnd()).isFalse();
    }

    private FakeProcess process() {
        FakeProcess process = new FakeProcess(new FakeKernel());
        process.residency = residency;
        return process;
    }

    private void part() {
        assertThat(readingBack.continueOrEnd()).isTrue();
        readingBack.readPart(segments(0, 1_901), () -> false);
    }

    private static List<Segment> segments(int first, int count) {
        List<Segment> segments = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            long start = i * PAGE;
            Mapping mapping = new Mapping(start, start + PAGE, true, true, false, false, 0, 0, "", Backing.MEMORY);
            segments.add(new Segment(start, start + PAGE, Region.OTHER, Evidence.NONE, mapping));
        }
        return segments;
    }

    /** Reads back so many segments at a time. */
    private static final class Slow implements Residency {
        final List<Integer> firsts = new ArrayList<>();
        final List<Long> told = new ArrayList<>();

        @Override
        public String prefault(List<Segment> segments, List<Region> regions) {
            throw new AssertionError();
        }

        @Override
        public String prefaultLive(List<Segment> segments, List<Region> regions, BooleanSupplier isOver) {
            throw new AssertionError();
        }

        @Override
        public ReadBack swapIn(List<Segment> segments, BooleanSupplier isOver) {
            return swapInPrivate(segments, isOver);
        }

        @Override
        public ReadBack swapInPrivate(List<Segment> segments, BooleanSupplier isOver) {
            firsts.add((int) (segments.get(0).start() / PAGE));
            int done = Math.min(PART, segments.size());
            return new ReadBack(done * PAGE, segments.subList(done, segments.size()), null);
        }

        @Override
        public void tellReadBack(long bytes) {
            told.add(bytes);
        }

        @Override
        public boolean isPrivateInSwap() {
            return true;
        }
    }
}
