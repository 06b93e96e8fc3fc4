// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.tracking.AllocatingClass;

/** A row of the {@code OffHeapByClass} attribute. Numbers are estimates from samples, and -1 where unknown. */
public final class AllocatingClassRow {

    private final AllocatingClass row;

    AllocatingClassRow(AllocatingClass row) {
        this.row = row;
    }

    /** Returns the name of the class; in parentheses what stands for several. */
    public String getClassName() {
        return row.name();
    }

    /** Returns the estimated number of its direct buffers. */
    public long getDirectBuffers() {
        return row.directBuffers();
    }

    /** Returns the estimated bytes of the direct buffers that the class allocated, and that are not freed. */
    public long getDirectBufferBytes() {
        return row.directBufferBytes();
    }

    /** Returns the estimated number of its native segments. */
    public long getSegments() {
        return row.segments();
    }

    /** Returns the estimated bytes of the native segments that the class allocated, and that are not freed. */
    public long getSegmentBytes() {
        return row.segmentBytes();
    }

    /** Returns the number of samples that these estimates rest on. */
    public long getSamples() {
        return row.samples();
    }
}
