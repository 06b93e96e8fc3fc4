// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/**
 * The live samples, added up by the name of the allocating class. It keeps no class alive. Its lock is held for some additions
 * only, because the JVM's thread for references takes it too, when it frees a buffer.
 */
final class AllocatingClasses {

    /** The kinds of what is allocated. */
    static final int DIRECT_BUFFER = 0;

    static final int SEGMENT = 1;

    /** Classes beyond so many share a row. */
    static final int MAX = 1000;

    /** The row that they share. */
    static final String REST = "(other classes)";

    private final long interval;
    private final Map<String, Row> rows = new HashMap<>();

    /**
     * Has no rows.
     *
     * @param interval the mean distance of two samples, in bytes
     */
    AllocatingClasses(long interval) {
        this.interval = interval;
    }

    /**
     * Returns the rows, the one with the most bytes first.
     *
     * @param withBuffers whether the numbers of direct buffers are known
     * @param withSegments whether those of native segments are
     */
    List<AllocatingClass> list(boolean withBuffers, boolean withSegments) {
        List<AllocatingClass> list = new ArrayList<>();
        synchronized (this) {
            for (Row row : rows.values()) {
                list.add(new AllocatingClass(
                        row.name,
                        withBuffers ? Math.round(row.number[DIRECT_BUFFER]) : OffHeap.UNKNOWN,
                        withBuffers ? row.bytes[DIRECT_BUFFER] : OffHeap.UNKNOWN,
                        withSegments ? Math.round(row.number[SEGMENT]) : OffHeap.UNKNOWN,
                        withSegments ? row.bytes[SEGMENT] : OffHeap.UNKNOWN,
                        row.samples));
            }
        }
        list.sort(Comparator.comparingLong(row -> -row.directBufferBytes() - row.segmentBytes()));
        return list;
    }

    private static final class Row {

        private final String name;
        private final double[] number = new double[2];
        private final long[] bytes = new long[2];
        private long samples;

        Row(String name) {
            this.name = name;
        }
    }

    /**
     * One sampled allocation. It is made of interfaces of the JDK, because the hooks can see no others: called, it begins to
     * count; run, it frees the memory and counts no more.
     */
    final class Sample implements UnaryOperator<Runnable>, Callable<Sample>, Runnable {

        private final int kind;
        private final String name;
        private final long bytes;

        /** What frees the memory; null if somebody else does. */
        private Runnable real;

        /** Where it counts; null while it does not. */
        private Row row;

        /** Does not count yet. */
        Sample(int kind, String name, long bytes) {
            this.kind = kind;
            this.name = name;
            this.bytes = bytes;
        }

        /** Takes the place of what frees the memory. */
        @Override
        public Runnable apply(Runnable freeing) {
            real = freeing;
            return this;
        }

        /** Returns what frees the memory. */
        Runnable real() {
            return real;
        }

        @Override
        public Sample call() {
            synchronized (AllocatingClasses.this) {
                if (row == null) {
                    Row found = rows.get(name);
                    if (found == null) {
                        found = rows.computeIfAbsent(rows.size() < MAX ? name : REST, Row::new);
                    }
                    add(found, 1);
                    row = found;
                }
            }
            return this;
        }

        /** Throws nothing: the JDK ends the JVM where freeing a buffer fails. */
        @Override
        public void run() {
            try {
                if (real != null) {
                    real.run();
                }
            } finally {
                forget();
            }
        }

        private void forget() {
            try {
                synchronized (AllocatingClasses.this) {
                    if (row != null) {
                        add(row, -1);
                        if (row.samples == 0) {
                            rows.remove(row.name);
                        }
                        row = null;
                    }
                }
            } catch (StackOverflowError | OutOfMemoryError e) { // the memory is free all the same
            }
        }

        /** Adds what the sample stands for: an allocation is sampled with the chance {@code bytes / interval}, at most 1. */
        private void add(Row to, int sign) {
            to.number[kind] += sign * Math.max(1, (double) interval / bytes);
            to.bytes[kind] += sign * Math.max(bytes, interval);
            to.samples += sign;
        }
    }
}
