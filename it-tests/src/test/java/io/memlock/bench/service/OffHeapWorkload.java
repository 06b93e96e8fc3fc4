// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** As {@link HeapWorkload}, with the live set in direct buffers allocated when the JVM has long started. */
final class OffHeapWorkload implements Workload {

    private static final int BUFFER_BYTES = 16 << 20;
    private static final int READS = 20;
    private static final int GARBAGE_BYTES = 2048;

    private final SplittableRandom random = new SplittableRandom(2);
    private final ByteBuffer[] buffers;

    OffHeapWorkload(int liveMegabytes) {
        buffers = new ByteBuffer[Math.max(1, (liveMegabytes << 20) / BUFFER_BYTES)];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.allocateDirect(BUFFER_BYTES); // zeroed, so touched
        }
    }

    @Override
    public long serve(long number, double progress) {
        long sum = new byte[GARBAGE_BYTES].length;
        for (int i = 0; i < READS; i++) {
            sum += buffers[random.nextInt(buffers.length)].get(random.nextInt(BUFFER_BYTES));
        }
        buffers[random.nextInt(buffers.length)].put(random.nextInt(BUFFER_BYTES), (byte) number);
        return sum;
    }
}
