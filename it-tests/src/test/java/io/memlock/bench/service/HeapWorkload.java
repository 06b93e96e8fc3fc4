// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.util.SplittableRandom;

/** Reads objects of a large live set at random, replaces one, leaves some garbage. A cache, an index, a book of orders. */
final class HeapWorkload implements Workload {

    private static final int OBJECT_BYTES = 1024 - 16;
    private static final int OBJECTS_PER_MEGABYTE = 1024;
    private static final int READS = 20;
    private static final int GARBAGE_BYTES = 4096;

    private final SplittableRandom random = new SplittableRandom(1);
    private final byte[][] live;
    private int count;

    /**
     * Fills the live set.
     *
     * @param initialShare how much of it is there at the start; the rest comes as the run progresses
     */
    HeapWorkload(int liveMegabytes, double initialShare) {
        live = new byte[liveMegabytes * OBJECTS_PER_MEGABYTE][];
        grow(initialShare);
        System.gc();
    }

    private void grow(double share) {
        int wanted = Math.min(live.length, (int) (share * live.length));
        while (count < wanted) {
            live[count++] = new byte[OBJECT_BYTES];
        }
    }

    @Override
    public long serve(long number, double progress) {
        grow(progress * 1.25); // all of it is there when four fifths are over
        long sum = 0;
        for (int i = 0; i < READS; i++) {
            byte[] object = live[random.nextInt(count)];
            sum += object[random.nextInt(OBJECT_BYTES)];
        }
        live[random.nextInt(count)] = new byte[OBJECT_BYTES];
        byte[] garbage = new byte[GARBAGE_BYTES];
        garbage[(int) (number % GARBAGE_BYTES)] = (byte) sum;
        return sum + garbage[random.nextInt(GARBAGE_BYTES)];
    }
}
