// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.tracking.OffHeap;

/** The {@code OffHeap} attribute at one moment. Numbers are -1 where unknown. */
public final class OffHeapRow {

    private final OffHeap.Count buffers;
    private final OffHeap.Count segments;
    private final long countedMillis;
    private final long sampledMillis;

    OffHeapRow(OffHeap offHeap) {
        buffers = offHeap.directBuffers();
        segments = offHeap.segments();
        countedMillis = offHeap.segmentsCountedMillis();
        sampledMillis = offHeap.sampledMillis();
    }

    /** Returns the number of direct buffers. */
    public long getDirectBuffers() {
        return buffers.number();
    }

    /** Returns the bytes allocated for direct buffers. */
    public long getDirectBufferBytes() {
        return buffers.bytes();
    }

    /** Returns the number of native segments that were allocated since they are counted, and not freed. */
    public long getSegments() {
        return segments.number();
    }

    /** Returns the bytes of the native segments that were allocated since they are counted, and not freed. */
    public long getSegmentBytes() {
        return segments.bytes();
    }

    /** Returns for how long segments have been counted. */
    public long getSegmentsCountedMillis() {
        return countedMillis;
    }

    /** Returns for how long allocations have been sampled by class. */
    public long getSampledMillis() {
        return sampledMillis;
    }
}
