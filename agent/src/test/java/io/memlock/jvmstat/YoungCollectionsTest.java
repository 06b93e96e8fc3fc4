// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers are those of G1 on JDK 25, in megabytes. */
class YoungCollectionsTest {

    private final Map<String, Long> counters = new LinkedHashMap<>();
    private final ByteBuffer memory;

    YoungCollectionsTest() {
        set(0, 60, 0, 0, 0);
        memory = ByteBuffer.wrap(file());
    }

    private byte[] file() {
        CounterFile file = new CounterFile(ByteOrder.nativeOrder());
        counters.forEach(file::number);
        return file.bytes();
    }

    private void set(long collections, long edenCapacity, long edenUsed, long survivors, long old) {
        counters.put("sun.gc.collector.0.invocations", collections);
        counters.put("sun.gc.generation.0.space.0.capacity", edenCapacity);
        counters.put("sun.gc.generation.0.space.0.used", edenUsed);
        counters.put("sun.gc.generation.0.space.1.used", 0L);
        counters.put("sun.gc.generation.0.space.2.used", survivors);
        counters.put("sun.gc.generation.1.space.0.used", old);
        if (memory != null) {
            memory.put(0, file());
        }
    }

    @Test
    void beforeTheFirstCollectionAllOfItMayLive() {
        YoungCollections collections = new YoungCollections(memory);
        set(0, 60, 35, 0, 0);
        assertThat(collections.nextCopiedBytes()).isEqualTo(35);
    }

    @Test
    void whatLivedTheLastTimeIsExpectedToLiveAgain() {
        YoungCollections collections = new YoungCollections(memory);
        collections.nextCopiedBytes();
        set(1, 177, 35, 8, 52);
        assertThat(collections.nextCopiedBytes()).isEqualTo(35 + 8);
        set(1, 177, 134, 8, 52);
        assertThat(collections.nextCopiedBytes()).isEqualTo(134 + 8);
    }

    @Test
    void ofGarbageLessIsExpectedEachTime() {
        YoungCollections collections = new YoungCollections(memory);
        collections.nextCopiedBytes();
        for (int n = 1; n <= 10; n++) {
            set(n, 200, 100, 4, 0);
            collections.nextCopiedBytes();
        }
        set(10, 200, 196, 4, 0);
        assertThat(collections.nextCopiedBytes()).isBetween(3L, 5L);
    }

    @Test
    void whatWasBeforeTheFirstLookIsNotKnown() {
        set(7, 200, 100, 4, 50);
        YoungCollections collections = new YoungCollections(memory);
        assertThat(collections.nextCopiedBytes()).isEqualTo(-1);

        set(8, 200, 100, 10, 94);
        assertThat(collections.nextCopiedBytes()).isBetween(27L, 30L);
    }

    /** The numbers are those of Serial on JDK 25. */
    @Test
    void aCollectorThatDoesNotCountIsNotKnown() {
        YoungCollections collections = new YoungCollections(memory);
        set(1, 320, 0, 39, 274);
        assertThat(collections.nextCopiedBytes()).isEqualTo(-1);
    }
}
