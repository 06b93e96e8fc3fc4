// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static io.memlock.tracking.OffHeapSampler.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.memlock.tracking.AllocatingClasses.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What samples tell of allocations outside the heap. */
class OffHeapSamplerTest {

    private long drawn;
    private String allocator = "Cache";
    private int walks;

    private final OffHeapSampler sampler = new OffHeapSampler(() -> drawn, () -> {
        walks++;
        return allocator;
    });
    private final LongFunction<Sample> segments = sampler.segments();

    /** Every value that can be drawn, once each: what comes of it is the expected value itself, without chance. */
    @ParameterizedTest
    @ValueSource(longs = {1, 100, 4096, 300_000, INTERVAL - 1, INTERVAL, INTERVAL + 1, 3 * INTERVAL})
    void estimatesAreRightOnAverageForEverySize(long bytes) {
        for (drawn = 0; drawn < INTERVAL; drawn++) {
            allocate(bytes);
        }

        AllocatingClass row = onlyRow();
        assertThat(row.segmentBytes()).isEqualTo(INTERVAL * bytes);
        assertThat(row.segments()).isCloseTo(INTERVAL, within(1L));
        assertThat(row.samples()).isEqualTo(Math.min(bytes, INTERVAL));
    }

    @Test
    void walksTheStackForSamplesOnly() {
        drawn = -1; // the highest value
        allocate(INTERVAL - 1);
        assertThat(walks).isZero();

        allocate(INTERVAL);
        assertThat(walks).isOne();
    }

    /** 1,000 runs of one program each: an alternation of small and large, which deceives a sampler that takes every n-th. */
    @Test
    void regularPatternDoesNotDeceiveIt() {
        SplittableRandom random = new SplittableRandom(42);
        OffHeapSampler chance = new OffHeapSampler(random::nextLong, () -> allocator);
        LongFunction<Sample> buffers = chance.directBuffers();
        for (int run = 0; run < 1000; run++) {
            for (int i = 0; i < 64; i++) {
                allocator = i % 2 == 0 ? "Even" : "Odd";
                Sample sample = buffers.apply(i % 2 == 0 ? 1 << 10 : 127 << 10);
                if (sample != null) {
                    sample.call();
                }
            }
        }

        List<AllocatingClass> rows = chance.classes(true, true);
        assertThat(rows).extracting(AllocatingClass::name).containsExactly("Odd", "Even");
        assertThat((double) rows.get(0).directBufferBytes() / (1000L * 32 * 127 * 1024))
                .isCloseTo(1, within(0.05));
        assertThat((double) rows.get(1).directBufferBytes() / (1000L * 32 * 1024))
                .isCloseTo(1, within(0.6));
    }

    @Test
    void bufferCountsFromTheMomentOnAtWhichItStands() {
        Sample sample = sampler.directBuffers().apply(INTERVAL);
        assertThat(sampler.classes(true, true)).isEmpty();
        sample.run();
        assertThat(sampler.classes(true, true)).as("never stood").isEmpty();

        sampler.directBuffers().apply(INTERVAL).call();
        assertThat(onlyRow().directBuffers()).isOne();
    }

    @Test
    void freesTheMemoryOnceAndForgetsTheSample() {
        List<String> freed = new ArrayList<>();
        Sample sample = sampler.directBuffers().apply(5 * INTERVAL);
        assertThat(sample.apply(() -> freed.add("freed"))).isSameAs(sample);
        sample.call();

        sample.run();

        assertThat(freed).hasSize(1);
        assertThat(sampler.classes(true, true)).isEmpty();
    }

    @Test
    void classesBeyondTheBoundShareARowAndMakeRoomWhenTheyAreGone() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < AllocatingClasses.MAX + 500; i++) {
            allocator = "Class" + i;
            samples.add(allocate(INTERVAL));
        }
        assertThat(sampler.classes(true, true)).hasSize(AllocatingClasses.MAX + 1);
        assertThat(sampler.classes(true, true).get(0))
                .extracting(AllocatingClass::name, AllocatingClass::samples)
                .containsExactly(AllocatingClasses.REST, 500L);

        samples.forEach(Sample::run);
        assertThat(sampler.classes(true, true)).isEmpty();
        allocate(INTERVAL);
        assertThat(onlyRow().name()).isEqualTo(allocator);
    }

    @Test
    void doesNotSampleWhatItsOwnWalkAllocates() {
        allocator = null;
        assertThat(allocate(INTERVAL)).isNull();
        assertThat(sampler.classes(true, true)).isEmpty();
    }

    @Test
    void saysWhatIsNotSampled() {
        allocate(INTERVAL);

        assertThat(sampler.classes(false, true).get(0).directBuffers()).isEqualTo(OffHeap.UNKNOWN);
        assertThat(sampler.classes(false, true).get(0).directBufferBytes()).isEqualTo(OffHeap.UNKNOWN);
        assertThat(sampler.classes(true, false).get(0).segments()).isEqualTo(OffHeap.UNKNOWN);
        assertThat(sampler.classes(true, false).get(0).segmentBytes()).isEqualTo(OffHeap.UNKNOWN);
    }

    /** A hidden class has a name of its own each time it is made. */
    @Test
    void namesClassesWithoutWhatIsNewEachTime() {
        Runnable lambda = () -> {};
        assertThat(lambda.getClass().getName()).contains("/");
        assertThat(OffHeapSampler.nameOf(lambda.getClass()))
                .startsWith(OffHeapSamplerTest.class.getName() + "$$Lambda")
                .doesNotContain("/");
        assertThat(OffHeapSampler.nameOf(OffHeapSamplerTest.class)).isEqualTo(OffHeapSamplerTest.class.getName());
    }

    @Test
    void findsTheFirstClassThatIsNotTheJdks() {
        OffHeapSampler real = new OffHeapSampler();
        assertThat(real.classes(true, true)).as("what it tried itself").isEmpty();
        List<Sample> kept = new ArrayList<>();

        List.of(INTERVAL).forEach(bytes -> kept.add(real.segments().apply(bytes)));

        assertThat(real.classes(true, true))
                .extracting(AllocatingClass::name)
                .containsExactly(OffHeapSamplerTest.class.getName());
    }

    private Sample allocate(long bytes) {
        return segments.apply(bytes);
    }

    private AllocatingClass onlyRow() {
        List<AllocatingClass> rows = sampler.classes(true, true);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
